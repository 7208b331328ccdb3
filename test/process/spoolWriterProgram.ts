// Appends numbered lines to a spool, one write each, as hooks do: `<file> <launch> <count> <milliseconds between>`.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { spoolLine } from '../../src/protocol/spoolLine.ts';

const [file = '', count = '0', pause = '0', event = 'PostToolUse'] = process.argv.slice(2);
const launch = path.basename(file, '.jsonl');
for (let n = 1; n <= Number(count); n++) {
  const t = new Date().toISOString();
  const id = `${launch}-${n}`;
  fs.appendFileSync(
    file,
    spoolLine({
      t,
      id,
      n,
      launch,
      agent: `agent-${launch}`,
      session: launch,
      src: 'report',
      event,
      tool: 'Edit',
    }),
    { mode: 0o600 },
  );
  if (Number(pause) > 0) await wait(Number(pause));
}
