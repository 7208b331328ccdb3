// The physical limit of generate: writes, flushes and renames the files of a list, and does nothing else.
// `node writeFiles.mjs <list.json> <folder>`; the list is [[path, text], …].
import { mkdirSync, promises, readFileSync } from 'node:fs';
import path from 'node:path';

const [list, folder] = process.argv.slice(2);
const files = JSON.parse(readFileSync(list, 'utf8'));
const pending = files.map(([name, text]) => [path.join(folder, name), text]);
for (const directory of new Set(pending.map(([file]) => path.dirname(file))))
  mkdirSync(directory, { recursive: true });
const written = [];
/** As many at once as outputs/write has. */
await Promise.all(
  Array.from({ length: 16 }, async () => {
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [file, text] = next;
      const handle = await promises.open(`${file}.tmp`, 'wx');
      await handle.writeFile(text);
      await handle.sync();
      await handle.close();
      written.push(file);
    }
  }),
);
for (const file of written) await promises.rename(`${file}.tmp`, file);
