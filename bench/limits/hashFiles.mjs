// The physical limit of check: reads and hashes the files of a list, and with `--parse` parses the registry once.
// `node hashFiles.mjs <list.json> <folder> [--parse]`; the list is [path, …].
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const [list, folder, mode] = process.argv.slice(2);
for (const name of JSON.parse(readFileSync(list, 'utf8')))
  createHash('sha256')
    .update(readFileSync(path.join(folder, name)))
    .digest('hex');
if (mode === '--parse') {
  const { parseDocument } = await import('yaml');
  parseDocument(readFileSync(path.join(folder, 'agents/registry.yaml'), 'utf8'));
}
