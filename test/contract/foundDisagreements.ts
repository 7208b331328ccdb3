// Settings files on which our analysis and the CLI once differed. Each stays, in every position and on both versions.

const witness = '"env":{"@WITNESS@":"1"}';
const denying = (rule: string): string => `{${witness},"permissions":{"deny":["${rule}"]}}`;
const hooked = (hooks: string): string =>
  `{${witness},"permissions":{"deny":["Edit(@DIR@/**)"]},"hooks":${hooks}}`;

export const foundBefore: readonly string[] = [
  // A slash after the last stars does not leave the files right in the folder out.
  denying('Edit(@DIR@/**/)'),
  // A blank behind the last slash, and more slashes at the beginning than it takes.
  denying('Edit(@DIR@/ )'),
  denying('Edit(//@ROOT@/@DIR@/**)'),
  // Newer ones refuse to start with a given file that is broken and speaks of a sandbox.
  `{${witness},"permissions":{"deny":["Edit(@DIR@/**)"]},"sandbox":{"enabled":false,}}`,
  // An entry, or a list without one, in the place of the events.
  hooked('{"matcher":"*","hooks":[{"type":"command","command":"true"}]}'),
  hooked('[null]'),
  hooked('{"hooks":{"Nope":[{"hooks":[{"type":"command","command":"true"}]}]}}'),
  hooked('{"x":{"hooks":[{"type":"command","command":"true"}]}}'),
  hooked('{"x":{"Stop":[{"hooks":[{"type":"command","command":"true"}]}]}}'),
  // A text is as good as a list here, and this key is looked at.
  `{${witness},"permissions":{"deny":["Edit(@DIR@/**)"]},"enabledMcpjsonServers":"x"}`,
  `{${witness},"permissions":{"deny":["Edit(@DIR@/**)"]},"autoMode":"x"}`,
  // What only the older one insists on, and an event that only the newer one has.
  `{${witness},"permissions":{"deny":["Edit(@DIR@/**)"]},"extraKnownMarketplaces":{"a":{}}}`,
  hooked('{"DirectoryAdded":[{"command":"true"}]}'),
  // Globs that the library reads otherwise in the version that the CLI brings along.
  denying('Edit(@DIR@/\\\\*)'),
  denying('Edit(@DIR@/[!a].txt)'),
  denying('Edit(@DIR@\\n@DIR@)'),
  denying('Edit(***/@DIR@)'),
  denying('Edit(@DIR@/***/a.txt)'),
  denying('Edit(/@ROOT@//@DIR@)'),
  // The last parenthesis is a name’s.
  denying('Edit(@DIR@\\\\)'),
  // Without domain: the rule is skipped.
  denying('WebFetch(.//@DIR@/**)'),
  // Nobody is there to be asked.
  `{${witness},"permissions":{"ask":["Edit(@DIR@/**)"]}}`,
  // Only the newer version searches other keys for guards.
  `{${witness},"permissions":{"deny":["Edit(@DIR@/**)"]},"PreToolUse":{"cleanupPeriodDays":0}}`,
  `{${witness},"permissions":{"deny":["Edit(@DIR@/**)"],"hooks":{"preToolUse":[{"hooks":[{"type":"command","command":"true"}]}]}}}`,
  // The older one skips an event that is no list, and drops the file for any malformed entry.
  hooked('{"PreToolUse":0}'),
  hooked('{"Stop":[{"matcher":1.5,"hooks":[]}]}'),
  hooked('{"Stop":[{"command":"true"}]}'),
  hooked('{"PostToolUse":[{"hooks":[{"type":"command","command":"true","timeout":-1}]}]}'),
  // The older one does not know onFailure.
  hooked('{"PreToolUse":[{"hooks":[{"type":"command","command":"true","onFailure":"explode"}]}]}'),
];
