// What a template makes of an agent: the contents of its settings or of our part of its memory.
import { isObject, readJson } from '../../claude/jsonText.ts';
import { isTooDeep } from '../leaves.ts';
import { memoryBegin, memoryEnd } from '../memory.ts';
import type { Output } from '../output.ts';
import { renderTemplate } from './render.ts';
import type { Template, TemplateKind } from './template.ts';
import { stampPlace } from './timestamp.ts';
import type { VariableSource } from './variables.ts';

/** The part of an output that says what is in it. */
export type Contents = Pick<Output, 'text' | 'value' | 'isStamped' | 'problem'>;

/** Renders a template for an agent. Never throws. */
export function templated(template: Template, kind: TemplateKind, source: VariableSource): Contents {
  if (template.text === undefined)
    return { text: '', problem: `its template ${template.path} ${template.problem}` };
  const rendered = renderTemplate(template.text, kind, source);
  // Our markers go around what a template says; a template that was made of a generated file has them in it.
  const text = kind === 'memory' ? withoutMarkers(rendered) : rendered;
  const stamp = text.includes(stampPlace) ? { isStamped: true as const } : {};
  if (kind === 'memory') return { text, ...stamp };
  const { value } = readJson(text);
  return { text, ...stamp, ...(isObject(value) && !isTooDeep(value) ? { value } : {}) };
}

function withoutMarkers(text: string): string {
  let left = text;
  // What is left of two of them can be one.
  while (left.includes(memoryBegin) || left.includes(memoryEnd))
    left = left.replaceAll(memoryBegin, '').replaceAll(memoryEnd, '');
  return left;
}
