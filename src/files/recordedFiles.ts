// A disk that writes down every question and its answer, so that a later run can ask the same and see whether anything changed.
import { createHash } from 'node:crypto';
import type { FileContent, Files } from './files.ts';

/** What a disk was asked, by absolute path, and what it said. Plain JSON. */
export interface Answers {
  /** Hash of the text; null where nothing was; the reason, with `!` in front, where it could not be read. */
  readonly read: Readonly<Record<string, string | null>>;
  readonly kind: Readonly<Record<string, string | null>>;
  readonly list: Readonly<Record<string, string>>;
  readonly realPath: Readonly<Record<string, string | null>>;
  readonly isExecutable: Readonly<Record<string, boolean>>;
  readonly isOwn: Readonly<Record<string, boolean>>;
}

export interface RecordedFiles extends Files {
  readonly answers: Answers;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');

const answerOf = (content: FileContent | undefined): string | null =>
  content === undefined ? null : content.text === undefined ? `!${content.unreadable}` : hashOf(content.text);

const listAnswer = (names: readonly string[]): string => hashOf(names.join('\0'));

/** Answers as `files` does, and keeps each answer. */
export function recordedFiles(files: Files): RecordedFiles {
  const blank = <T>(): Record<string, T> => Object.create(null);
  const answers = {
    read: blank<string | null>(),
    kind: blank<string | null>(),
    list: blank<string>(),
    realPath: blank<string | null>(),
    isExecutable: blank<boolean>(),
    isOwn: blank<boolean>(),
  };
  return {
    answers,
    read(path) {
      const content = files.read(path);
      answers.read[path] = answerOf(content);
      return content;
    },
    kind(path) {
      const kind = files.kind(path);
      answers.kind[path] = kind ?? null;
      return kind;
    },
    list(path) {
      const names = files.list(path);
      answers.list[path] = listAnswer(names);
      return names;
    },
    realPath(path) {
      const real = files.realPath(path);
      answers.realPath[path] = real ?? null;
      return real;
    },
    isExecutable(path) {
      const answer = files.isExecutable(path);
      answers.isExecutable[path] = answer;
      return answer;
    },
    isOwn(path) {
      const answer = files.isOwn(path);
      answers.isOwn[path] = answer;
      return answer;
    },
  };
}

/** Whether `files` would give every one of these answers again. */
export function answersHold(files: Files, answers: Answers): boolean {
  const all = <T>(said: Readonly<Record<string, T>>, ask: (path: string) => T): boolean =>
    Object.entries(said).every(([path, answer]) => ask(path) === answer);
  return (
    all(answers.list, (path) => listAnswer(files.list(path))) &&
    all(answers.kind, (path) => files.kind(path) ?? null) &&
    all(answers.realPath, (path) => files.realPath(path) ?? null) &&
    all(answers.isExecutable, (path) => files.isExecutable(path)) &&
    all(answers.isOwn, (path) => files.isOwn(path)) &&
    all(answers.read, (path) => answerOf(files.read(path)))
  );
}
