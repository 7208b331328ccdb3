// A row of the tree as a value: what it says, shows and does. `agentTree.ts` makes tree items of rows.

/** A codicon by name, with a theme colour by id where it has one. */
export interface RowIcon {
  readonly id: string;
  readonly color?: string;
}

/** What a click does: nothing that writes or starts anything. */
export interface RowCommand {
  readonly command: string;
  readonly title: string;
  readonly arguments: readonly unknown[];
}

export interface Row {
  /** Unique in the tree and stable over refreshes, so that the tree keeps what is open and selected. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly icon?: RowIcon;
  /** Markdown; everything from data in it is escaped. */
  readonly tooltip: string;
  /** What a screen reader says. */
  readonly spoken: string;
  /** For the menus. */
  readonly kind: string;
  readonly click?: RowCommand;
  /** Absent for a row without children. */
  readonly children?: readonly Row[];
  /** Whether the children show before anybody opened or closed them. */
  readonly isOpen?: boolean;
  /** What commands get when they are run on the row. */
  readonly argument?: unknown;
}
