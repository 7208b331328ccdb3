// Secrets are taken out by their shape or by the name before them; other texts stay as they are.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { redactJson, redactLine } from '../../../src/hub/redact.ts';
import { redact } from '../../../src/protocol/redact.ts';
import { type SpoolLine, spoolLine } from '../../../src/protocol/spoolLine.ts';

const many = (text: string, count: number): string => text.repeat(count);

describe('redaction', () => {
  const checkGone = (text: string, secret: string, expected?: string) =>
    it(`of ${text.slice(0, 50)}`, () => {
      const left = redact(text);
      assert.ok(!left.includes(secret), left);
      assert.match(left, /\[redacted\]/);
      if (expected !== undefined) assert.equal(left, expected);
    });
  const [anthropic, github, aws] = [
    `sk-ant-api03-${many('aB3_', 10)}`,
    `ghp_${many('x1', 18)}`,
    'AKIAIOSFODNN7EXAMPLE',
  ];
  checkGone(`curl -H "x-api-key: ${anthropic}" x`, anthropic);
  checkGone(
    `git push https://me:hunter2@example.org/x`,
    'hunter2',
    'git push https://[redacted]@example.org/x',
  );
  checkGone(`token ${github}`, github);
  checkGone(`a ${aws} b`, aws, 'a [redacted] b');
  checkGone('PASSWORD=hunter2 run', 'hunter2', 'PASSWORD=[redacted] run');
  checkGone('--password hunter2hunter2', 'hunter2hunter2');
  checkGone('{"client_secret": "abcdef"}', 'abcdef', '{"client_secret": "[redacted]"}');
  checkGone('Authorization: Bearer abcdefghijkl', 'abcdefghijkl');
  checkGone('bearer abcdefghijkl.mnop', 'abcdefghijkl');
  checkGone('Cookie: session=abc; other=def', 'abc');
  checkGone(`jwt eyJhbGciOi.eyJzdWIiOi.${many('x', 20)}`, 'eyJhbGciOi');
  checkGone(`xoxb-123456789-abcdef`, 'xoxb-123456789');
  checkGone(`-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----`, 'abc');
  checkGone('-----BEGIN PRIVATE KEY-----\nabc', 'abc');
  checkGone(`AWS_SECRET_ACCESS_KEY=${many('k', 40)}`, many('k', 40));

  const checkStays = (text: string) =>
    it(`leaves ${text.slice(0, 50)}`, () => {
      assert.equal(redact(text), text);
    });
  checkStays('src/tokenizer/token.ts');
  checkStays('/home/me/secrets/list.md');
  checkStays('cannot_access keeps tests/** from it');
  checkStays('http://example.org/a@b');
  checkStays('the task was done: 12 tokens');
  checkStays('The password prompt is open');
  checkStays('key: value');
  checkStays('');

  // So long that a look from each place to the end of the text takes many times the lane's time-out. The last word is what
  // has them looked at closely at all.
  for (const part of ['://', 'eyJ', 'token ', 'password=', '-----BEGIN ', 'authorization: ', 'sk-'])
    it(`takes no longer for a text that is made to be slow: ${part} again and again`, () => {
      redact(`${many(part, 50_000)} token`);
    });

  it('of a line takes what others wrote, and gives the line itself where there is nothing', () => {
    const line = {
      v: 1,
      t: 't',
      id: 'i',
      n: 1,
      launch: 'l',
      agent: 'a',
      session: 's',
      src: 'guard',
    } as const;
    const clean: SpoolLine = { ...line, event: 'PreToolUse', file: 'src/a.ts' };
    assert.equal(redactLine(clean), clean);
    const dirty: SpoolLine = { ...clean, file: `/x/${aws}`, reason: `it has ${github}` };
    assert.deepEqual(redactLine(dirty), { ...dirty, file: '/x/[redacted]', reason: 'it has [redacted]' });
  });

  it('of what a hook writes comes before the cut, so that no half of a secret is left', () => {
    const given = {
      t: 't',
      id: 'i',
      n: 1,
      launch: 'l',
      agent: 'a',
      session: 's',
      src: 'guard',
      event: 'e',
    } as const;
    const of = (file: string) => JSON.parse(spoolLine({ ...given, file }));
    assert.equal(of(`/x/${aws}`).file, '/x/[redacted]');
    assert.equal(of(`/x/${aws}`).cut, undefined);
    const across = of(`${many('a', 1018)} ${anthropic}`);
    assert.ok(!across.file.includes('sk-ant'), across.file);
    assert.deepEqual(across.cut, ['file']);
    assert.deepEqual(of(many('a', 100_000)).cut, ['file']);
  });

  it('of values goes as deep as they do', () => {
    assert.deepEqual(redactJson({ a: [{ b: aws }, 1, null], c: true }), {
      a: [{ b: '[redacted]' }, 1, null],
      c: true,
    });
  });

  it('of values goes by their names as well', () => {
    const given = {
      password: 'hunter2',
      a: { 'api-key': 'abc', tokens: 'few', token: 3, path: 'src/token.ts' },
    };
    assert.deepEqual(redactJson(given), {
      ...given,
      password: '[redacted]',
      a: { ...given.a, 'api-key': '[redacted]' },
    });
  });
});
