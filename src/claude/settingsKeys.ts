// The keys of a settings file and the forms that the CLI insists on (CLAUDE-CODE-CONTRACT.md sections 1.2 and 1.4).

/** Top-level keys that 2.1.329 knows. */
export const knownKeys: ReadonlySet<string> = new Set(
  `$schema agent allowManagedHooksOnly allowManagedMcpServersOnly allowManagedPermissionRulesOnly allowedHttpHookUrls
  allowedMcpServers alwaysThinkingEnabled apiKeyHelper attribution autoMemoryEnabled autoUpdatesChannel availableModels
  awsAuthRefresh awsCredentialExport blockedMarketplaces channelsEnabled claudeMdExcludes cleanupPeriodDays
  companyAnnouncements defaultShell deniedMcpServers disableAgentView disableAllHooks disableAutoMode disableSideloadFlags
  disabledMcpjsonServers editorMode effortLevel enableAllProjectMcpServers enabledMcpjsonServers enabledPlugins env
  extraKnownMarketplaces fallbackModel fastMode feedbackSurveyRate fileSuggestion forceLoginMethod forceLoginOrgUUID hooks
  httpHookAllowedEnvVars includeCoAuthoredBy includeGitInstructions language minimumVersion model modelOverrides
  otelHeadersHelper outputStyle permissions plansDirectory pluginConfigs pluginTrustMessage prefersReducedMotion
  requiredMinimumVersion respectGitignore sandbox showClearContextOnPlanAccept showThinkingSummaries showTurnDuration
  skillOverrides skipDangerousModePermissionPrompt skipWebFetchPreflight spinnerTipsEnabled spinnerTipsOverride spinnerVerbs
  statusLine strictKnownMarketplaces strictPluginOnlyCustomization subagentStatusLine teammateMode terminalProgressBarEnabled
  theme verbose viewMode voiceEnabled worktree`.split(/\s+/),
);

/** Keys of the legacy form; the CLI ignores them (section 0.2). */
export const legacyKeys: ReadonlySet<string> = new Set(['contextFiles', 'projectInfo']);
