// Stands in for the messages of the editor, which no test can read off the screen from inside the extension host.
import * as vscode from 'vscode';

type Answer = (actions: readonly string[]) => string | undefined | Promise<string | undefined>;

/** A message that waits for a person. */
interface Open {
  readonly text: string;
  readonly actions: readonly string[];
  readonly close: (action: string | undefined) => void;
}

const longest = 40_000;

/** From now until `dispose`, no message of the extension reaches the screen. */
export class Messages {
  /** The texts of all, in order. */
  readonly shown: string[] = [];
  /** Answers every message at once; without it they stay open until `accept` takes one. */
  answer: Answer | undefined;
  readonly #open: Open[] = [];
  #onShown = () => {};
  readonly #original = {
    showErrorMessage: vscode.window.showErrorMessage,
    showWarningMessage: vscode.window.showWarningMessage,
    showInformationMessage: vscode.window.showInformationMessage,
  };

  constructor() {
    const show = async (text: string, ...rest: readonly unknown[]): Promise<string | undefined> => {
      const actions = rest.filter((each) => typeof each === 'string');
      this.shown.push(text);
      if (this.answer) return this.answer(actions);
      return new Promise((close) => {
        this.#open.push({ text, actions, close });
        this.#onShown();
      });
    };
    Object.assign(vscode.window, {
      showErrorMessage: show,
      showWarningMessage: show,
      showInformationMessage: show,
    });
  }

  /** Takes an action of the open message that says so, or of the next one; without an action, closes it. */
  async accept(words: RegExp, action?: string): Promise<string> {
    const found = () => this.#open.find(({ text }) => words.test(text));
    if (!found())
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`no message said ${words}; there were: ${this.shown.join(' | ')}`)),
          longest,
        );
        this.#onShown = () => {
          if (!found()) return;
          clearTimeout(timer);
          resolve();
        };
      });
    const open = found();
    if (!open) throw new Error('unreachable');
    if (action !== undefined && !open.actions.includes(action))
      throw new Error(`"${open.text}" offers ${open.actions.join(', ')}, and not ${action}`);
    this.#open.splice(this.#open.indexOf(open), 1);
    open.close(action);
    return open.text;
  }

  /** Closes what is open and forgets what was shown. */
  clear(): void {
    for (const { close } of this.#open.splice(0)) close(undefined);
    this.shown.length = 0;
  }

  dispose(): void {
    this.clear();
    Object.assign(vscode.window, this.#original);
  }
}
