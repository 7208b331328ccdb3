// The environment of a session that the editor starts in tmux: the person's, without what is the editor's own. Pure.

/** What editors set for their own processes, and take out of the terminals that they open (VS Code's processes.ts). */
const editorsOwn = /^(?:ELECTRON_|VSCODE_|SNAP(?:_|$)|GDK_PIXBUF_|CHROME_|TMUX)/;

export function sessionEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const own = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || (editorsOwn.test(name) && name !== 'TMUX_TMPDIR') ? [] : [[name, value] as const],
  );
  // The editor's terminals and our tmux configuration have all colours.
  return { COLORTERM: 'truecolor', ...Object.fromEntries(own) };
}
