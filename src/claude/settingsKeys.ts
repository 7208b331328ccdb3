// The top-level keys of a settings file (CLAUDE-CODE-CONTRACT.md section 1.2), and those of forms that the CLI never read.

/** Every top-level key that 2.1.329 knows. schemas/settings.schema.json says which values it insists on. */
export const knownKeys: ReadonlySet<string> = new Set(
  `
  $schema additionalDirectoryConfigRoots additionalMarketplaces advisorModel agent agentPushNotifEnabled
  allowAllClaudeAiMcps allowClaudeInChromeWithManagedMcp allowManagedHooksOnly allowManagedMcpServersOnly
  allowManagedPermissionRulesOnly allowNestedModelAccessUnderForceLogin allowedChannelPlugins
  allowedHttpHookUrls allowedMarketplaces allowedMcpServers allowedProviders alwaysThinkingEnabled
  apiKeyHelper appendPlugins askUserQuestionTimeout attribution attributionProject attributionProjectPolicy
  autoCompactEnabled autoCompactOfferAnswer autoCompactRaisedForLoad autoCompactWindow
  autoContinueAtUsageLimit autoDreamEnabled autoMemoryDirectory autoMemoryEnabled autoMode autoScrollEnabled
  autoUpdatesChannel autoUploadSessions availableModels availableModelsMatch awaySummaryEnabled
  awsAuthRefresh awsCredentialExport axScreenReader bashEditDiffEnabled bashOutputMaxChars
  blockedMarketplaces breakReminder channelsEnabled claudeMd claudeMdExcludes clawdFileProgressEnabled
  cleanupPeriodDays companyAnnouncements crossSessionInbound daemonColdStart defaultShell defaultView
  deniedMcpServers deniedModels desktopMcpServersListScope desktopSessionCleanupPeriodDays dialogExpiry
  disableAgentView disableAllHooks disableArtifact disableAutoMode disableBundledSkills
  disableClaudeAiConnectors disableCommandPluginSources disableDeepLinkRegistration disableRemoteControl
  disableReplyCheck disableSideloadFlags disableSkillShellExecution disableWindowsBashCommandSplit
  disableWorkflows disabledMcpjsonServers doneMeansMerged editorMode effortLevel emojiCompletionEnabled
  enableAllProjectMcpServers enableArtifact enableWorkflows enabledMcpjsonServers enabledPlugins
  enforceAvailableModels env extraKnownMarketplaces fallbackModel fastMode fastModePerSessionOptIn
  feedbackDrafts feedbackSurveyRate fileCheckpointingEnabled fileSuggestion footerLinksRegexes
  forceLoginGatewayUrl forceLoginMethod forceLoginOrgUUID forceRemoteSettingsRefresh gatewayInternalNetworks
  gcpAuthRefresh hooks httpHookAllowedEnvVars idleCompaction includeCoAuthoredBy includeGitInstructions
  inputNeededNotifEnabled isolatePeerMachines keybindingFlavor language managedMcpServers
  managedSourcesBehavior maxEffortLevel maxProseWidth minimumVersion model modelOverrides modelPicker
  modelPricing modelProposedGoals modelSettings otelHeadersHelper outputStyle parentSettingsBehavior
  permissions plansDirectory pluginConfigs pluginSuggestionMarketplaces pluginTrustMessage policyHelper
  policyHelpers prUrlTemplate precomputeArmTokens precomputeCompactionEnabled preferredNotifChannel
  prefersReducedMotion prependPlugins processWrapper promptCacheTtl promptSuggestionEnabled proxyAuthHelper
  quietHours remote remoteControl remoteControlAtStartup remoteMessageReceipts remoteTools
  requiredMaximumVersion requiredMinimumVersion respectGitignore respondToBashCommands
  responseComparisonEnabled sandbox showClearContextOnPlanAccept showMessageTimestamps showThinkingSummaries
  showTurnDuration skillListingBudgetFraction skillListingMaxDescChars skillOverrides
  skipAutoPermissionPrompt skipDangerousModePermissionPrompt skipWebFetchPreflight skipWorkflowUsageWarning
  spellcheck spinnerTipsEnabled spinnerTipsOverride spinnerVerbs sshConfigs sshHostCommands statusLine
  strictKnownMarketplaces strictPluginOnlyCustomization subagentPromptCacheTtl subagentStatusLine
  switchModelsOnFlag syncClaudeAiPlugins syncClaudeAiSkills syntaxHighlightingDisabled taskOutputMaxChars
  teammateMode terminalProgressBarEnabled terminalTitleFromRename theme timeFormat timeZone
  todoFeatureEnabled totalTokensReminder totalTokensReminderAfterUserTurn totalTokensReminderBudget tui
  ultracode verbose viewMode vimInsertModeRemaps voice voiceEnabled wheelScrollAccelerationEnabled
  workflowKeywordTriggerEnabled workflowSizeGuideline worktree wslInheritsWindowsSettings xaaIdp
  `
    .trim()
    .split(/\s+/),
);

/** Keys of the legacy form; the CLI ignores them (section 0.2). */
export const legacyKeys: ReadonlySet<string> = new Set(['contextFiles', 'projectInfo']);

/** Keys that other files of the CLI have and its settings do not: what to do instead (section 1.2). */
export const foreignKeys: ReadonlyMap<string, string> = new Map([
  ['mcpServers', 'MCP servers are read from .mcp.json in the workspace'],
  ['allowedTools', 'rules for tools stand in permissions.allow'],
  ['disallowedTools', 'rules for tools stand in permissions.deny'],
  ['tools', 'rules for tools stand in permissions.allow and permissions.deny'],
  ['allow', 'rules stand in permissions.allow'],
  ['deny', 'rules stand in permissions.deny'],
  ['ask', 'rules stand in permissions.ask'],
  ['permissionMode', 'the mode is permissions.defaultMode'],
  ['defaultMode', 'the mode is permissions.defaultMode'],
  ['additionalDirectories', 'it is permissions.additionalDirectories'],
]);
