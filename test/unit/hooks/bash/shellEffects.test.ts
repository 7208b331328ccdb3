// What is seen in the text of a command, without a disk: globs, scripts and directories come from a list.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell's own expansions
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ShellContext, ShellEffects, ShellTarget } from '../../../../src/hooks/bash/effects.ts';
import { mayMatch } from '../../../../src/hooks/bash/globText.ts';
import { plainWords } from '../../../../src/hooks/bash/plainWords.ts';
import { shellEffects } from '../../../../src/hooks/bash/shellEffects.ts';
import { wordEffects } from '../../../../src/hooks/bash/wordEffects.ts';

const texts: Readonly<Record<string, string>> = {
  '/w/run.sh': 'rm "$1"\n',
  '/w/list': 'a\nb\n',
  '/w/fix.diff': '--- a/x/y.ts\n+++ b/x/y.ts\n',
};
const files = ['/w/a.ts', '/w/b.ts', '/w/src/c.ts', '/w/src/deep/d.ts', ...Object.keys(texts)];

function expandGlob(pattern: string): readonly string[] {
  return files.filter((file) => {
    const parts = pattern.split('/');
    const names = file.split('/');
    if (parts.includes('**')) return mayMatch(pattern.replaceAll('**/', '*'), file);
    return parts.length === names.length && parts.every((part, at) => mayMatch(part, names[at] ?? ''));
  });
}

const context: ShellContext = {
  cwd: '/w',
  env: { HOME: '/home/u' },
  expandGlob,
  readText: (path) => texts[path],
  kindOf: (path) =>
    files.includes(path)
      ? 'other'
      : files.some((file) => file.startsWith(`${path}/`))
        ? 'directory'
        : undefined,
};

const named = (targets: readonly ShellTarget[]): string[] =>
  [
    ...new Set(targets.map(({ path, below }) => path.replace(/^\/w\//, '') + (below === true ? '/**' : ''))),
  ].sort();

const effectsOf = (command: string): ShellEffects => shellEffects(command, context);

function checkWrites(command: string, ...expected: readonly string[]): void {
  it(command.replaceAll('\n', '⏎').slice(0, 100), () => {
    const effects = effectsOf(command);
    assert.equal(effects.syntaxError, undefined);
    assert.deepEqual(named(effects.writes), [...expected].sort());
  });
}

function checkReads(command: string, ...expected: readonly string[]): void {
  it(command, () => assert.deepEqual(named(effectsOf(command).reads), [...expected].sort()));
}

function checkOpaque(command: string, ...texts: readonly string[]): void {
  it(command.replaceAll('\n', '⏎'), () => {
    const { opaque, syntaxError } = effectsOf(command);
    assert.equal(syntaxError, undefined);
    assert.notEqual(opaque.length, 0);
    for (const text of texts)
      assert.ok(
        opaque.some((part) => part.text.includes(text)),
        `${text} in ${JSON.stringify(opaque)}`,
      );
  });
}

function checkNothing(command: string): void {
  it(command.replaceAll('\n', '⏎').slice(0, 100), () => {
    const { writes, opaque, starts, syntaxError } = effectsOf(command);
    assert.deepEqual(
      { writes, opaque, starts, syntaxError },
      { writes: [], opaque: [], starts: [], syntaxError: undefined },
    );
  });
}

describe('what a command writes: redirections', () => {
  checkWrites('echo x > a', 'a');
  checkWrites('echo x >> a 2> b', 'a', 'b');
  checkWrites('echo x >| a', 'a');
  checkWrites('echo x &> a; echo x &>> b; echo x >& c', 'a', 'b', 'c');
  checkWrites('echo x 2>&1 >&- 3>&2');
  checkWrites('cat <> a', 'a');
  checkWrites('exec {fd}> a', 'a');
  checkWrites('> a', 'a');
  checkWrites('cat > a <<E\n> b\nE', 'a');
  checkWrites('{ a; b; } > c', 'c');
  checkWrites('if a; then b; fi > c', 'c');
  checkWrites('f() { :; } > a; f', 'a');
  checkWrites('echo > /dev/null 2> /dev/stderr');
  checkWrites('tee >(cat > a) < b', 'a');
  checkWrites('cat <a 1<b', 'b');
});

describe('what a command writes: quoting', () => {
  checkWrites(`rm 'a b' "c d" e\\ f`, 'a b', 'c d', 'e f');
  checkWrites(`rm a'b'"c"d`, 'abcd');
  checkWrites(`rm $'\\x61\\u00e9\\n\\'\\101'`, "aé\n'A");
  checkWrites('rm $"a"', 'a');
  checkWrites('rm a\\\nb', 'ab');
  checkWrites('rm "a\\$b\\"c\\d"', 'a$b"c\\d');
  checkWrites('rm é/ü', 'é/ü');
  checkWrites('rm a # b\nrm c', 'a', 'c');
  checkWrites('rm a#b', 'a#b');
  checkWrites('rm -- -a', '-a');
  checkWrites('rm ""');
});

describe('what a command writes: expansion', () => {
  checkWrites('x=a; rm $x "$x"b ${x}c', 'a', 'ab', 'ac');
  checkWrites('x="a b"; rm $x "$x"', 'a', 'b', 'a b');
  checkWrites('x=a; x+=b; rm $x', 'ab');
  checkWrites('x=abc; rm ${x#a} ${x%c} ${x:1} ${x:0:1} ${x/b/z} ${x^^}', 'bc', 'ab', 'a', 'azc', 'ABC');
  checkWrites('x=a/b/c; rm ${x##*/} ${x%/*}', 'c', 'a/b');
  checkWrites('rm ${1:-a}; x=; rm ${x:-b}', 'a', 'b');
  checkWrites(': ${x:=}; x=k; rm ${x:+c}', 'c');
  checkWrites('a=(x y); rm "${a[@]}" ${a[1]}z', 'x', 'y', 'yz');
  checkWrites('x=y; y=a; rm ${!x}', 'a');
  checkWrites('rm {a,b}/{c,d}', 'a/c', 'a/d', 'b/c', 'b/d');
  checkWrites('rm a{1..3} b{c..a}', 'a1', 'a2', 'a3', 'ba', 'bb', 'bc');
  checkWrites('rm "{a,b}" {a} {a,b', '{a,b}', '{a}', '{a,b');
  checkWrites('rm *.ts', 'a.ts', 'b.ts');
  checkWrites('rm [ab].ts nothing*', 'a.ts', 'b.ts', 'nothing*');
  checkWrites('rm "*.ts" \\*.ts', '*.ts');
  checkWrites('x="*.ts"; rm $x "$x"', 'a.ts', 'b.ts', '*.ts');
  checkWrites('rm ~/a ~+/b', '/home/u/a', 'b');
  checkWrites('rm $(echo a) `printf %s b`', 'a', 'b');
  checkWrites('rm "$(basename x/y)" $(dirname x/y)/z $(pwd)/q', 'y', 'x/z', 'q');
  checkWrites('read -r x <<< a; rm $x', 'a');
  checkWrites('set -- a b; shift && rm "$@"', 'b');
  checkWrites('mapfile -t l < list; rm "${l[@]}"', 'a', 'b');
  checkWrites('IFS=:; x=a:b; rm $x', 'a', 'b');
  checkOpaque('rm $UNKNOWN/a', '$UNKNOWN/a');
  checkOpaque('rm te${UNKNOWN}sts/a', 'tests/a');
  checkOpaque('rm $(foo tests)', 'foo tests');
  checkOpaque('x=$(foo tests); y=$x; rm $y', 'foo tests');
  checkOpaque('cd $(foo tests); rm a', 'foo tests');
});

describe('what a command writes: where and whether', () => {
  checkWrites('cd d && rm a', 'd/a');
  checkWrites('cd d; rm a', 'd/a', 'a');
  checkWrites('cd d || exit; rm a', 'd/a');
  checkWrites('(cd d && rm a); rm b', 'd/a', 'b');
  checkWrites('cd d && cd .. && rm a', 'a');
  checkWrites('pushd d && popd && rm a', 'a');
  checkWrites('cd d && cd - && rm a', 'a');
  checkWrites('cd && rm a', '/home/u/a');
  checkWrites('env -C d rm a', 'd/a');
  checkWrites('false && rm a; true || rm b; rm c', 'c');
  checkWrites('if x; then rm a; elif y; then rm b; else rm c; fi', 'a', 'b', 'c');
  checkWrites('case $x in a) rm a;& b) rm b;; *) rm c;;& esac', 'a', 'b', 'c');
  checkWrites('for x in a b; do rm $x; done; rm $x', 'a', 'b');
  checkWrites('for ((i=0;i<3;i++)); do rm a; done', 'a');
  checkWrites('x=a; while y; do rm $x; x=b; done', 'a', 'b');
  checkWrites('f() { local x=$1; rm $x; }; x=k; f a; rm $x', 'a', 'k');
  checkWrites('f() { x=a; return; x=b; }; f; rm $x', 'a');
  checkWrites('x=a; (x=b); rm $x; x=c true; rm $x', 'a');
  checkWrites('a | b && rm c & rm d', 'c', 'd');
  checkWrites('! rm a; time rm b; coproc rm c', 'a', 'b', 'c');
  checkWrites('trap "rm a" EXIT; cd d', 'a', 'd/a');
  checkWrites('alias x="rm a"\nx b', 'a', 'b');
  checkWrites('[[ $(rm a) ]] && ((1 + $(rm b))) && echo "${x:-$(rm c)}"', 'a', 'b', 'c');
  checkWrites('exit; rm a');
  checkWrites('set -o pipefail; rm a', 'a');
});

describe('what a command writes: programs', () => {
  checkWrites('rm -rf a b', 'a/**', 'b/**');
  checkWrites('/bin/rm a; \\rm b; command rm c', 'a', 'b', 'c');
  checkWrites('cp a.ts b.ts', 'b.ts');
  checkWrites('cp a.ts src', 'src', 'src/a.ts');
  checkWrites('cp -t d a.ts b.ts', 'd', 'd/a.ts', 'd/b.ts');
  checkWrites('mv a.ts d', 'a.ts/**', 'd', 'd/a.ts');
  checkWrites('ln -s a d && rm d/x', 'd', 'd/a', 'd/x', 'a/x', './a/x');
  checkWrites('ln a.ts d', 'a.ts', 'd', 'd/a.ts');
  checkWrites('dd if=a of=b', 'b');
  checkWrites('install -d a; mkdir -p b; touch c; truncate -s0 d', 'a', 'b', 'c', 'd');
  checkWrites('tee a -a b < c', 'a', 'b');
  checkWrites('sed -i s/a/b/ f', 'f');
  checkWrites('sed -i.bak -e s/a/b/ f', 'f', 'f.bak');
  checkWrites("sed -n '1,5p;s/x/y/w g' f", 'g');
  checkWrites("sed 's/world/w x/' f");
  checkWrites('sort -o a b; uniq c d', 'a', 'd');
  checkWrites('chmod 644 a; chown -R u b', '644', 'a', 'b/**', 'u/**');
  checkWrites('find . -name c.ts -delete', 'src/c.ts');
  checkWrites('find src -exec rm {} +', 'src/**');
  checkWrites('find . -name "*.md" -exec rm {} \\;');
  checkWrites('find . -delete -name x', './**');
  checkWrites('echo a b | xargs rm', 'a', 'b');
  checkWrites('echo a | xargs -I{} cp x.ts {}/y', 'a/y', 'a/y/x.ts');
  checkWrites('xargs rm < list', 'a', 'b');
  checkWrites(
    'git checkout -- a; git restore b; git rm -r c; git clean -fd d',
    'a/**',
    'b/**',
    'c/**',
    'd/**',
  );
  checkWrites('git -C d rm a', 'd/a/**');
  checkWrites('git apply fix.diff', 'y.ts', 'a/x/y.ts', 'b/x/y.ts', 'x/y.ts');
  checkWrites('tar cf a.tar src; tar -czf b.tgz src', 'a.tar', 'b.tgz');
  checkWrites('curl -so a https://x/y; wget -O b https://x/y; cd d && curl -O https://x/y', 'a', 'b', 'd/y');
  checkWrites('npx prettier --write a b; black c; gofmt -l d', 'a/**', 'b/**', 'c/**');
  checkWrites('bash run.sh a; sh -c "rm b"; eval rm c', 'a', 'b', 'c');
  checkWrites('bash <<E\nrm a\nE', 'a');
  checkWrites('echo rm a | sh', 'a');
  checkWrites('sudo -u x env A=b timeout 5 nice -n 3 rm a', 'a');
  checkWrites('gcc -o a b.c', 'a');
  checkWrites('python -m pytest tests/ -q');
  checkWrites('dd of=tests/a status=none', 'tests/a');
});

describe('what a command reads', () => {
  checkReads('cat a b', 'a', 'b');
  checkReads('cp a b', 'a');
  checkReads('cat < a', 'a');
  checkReads('grep -r x d', 'd/**');
  checkReads('grep x d', 'd');
  checkReads('tar cf a d', 'd/**');
  checkReads('head -n 5 a; sed -n 1p b; awk 1 c', 'a', 'b', 'c');
});

describe('what a command hides', () => {
  checkOpaque('python -c "open(1)"', 'open(1)');
  checkOpaque('python - <<E\nopen("tests/a")\nE', 'tests/a');
  checkOpaque('cd d && node -e x', 'node -e x');
  checkOpaque('F=tests/a perl -e x', 'tests/a');
  checkOpaque('echo tests/a | ruby -e x', 'tests/a');
  checkOpaque('eval "$(foo tests)"', 'foo tests');
  checkOpaque('git checkout main', 'main');
  checkOpaque('git reset --hard', '--hard');
  checkOpaque('tar xf a.tar -C d', 'a.tar');
  checkOpaque('./unknown.sh tests/a', 'tests/a');
  checkOpaque(`awk '{ print > "tests/a" }' f`, 'tests/a');
  checkOpaque(`python -c "open('te' + 'sts/a')"`, 'tests/a');
  it('tells the directory that it runs in', () => {
    assert.deepEqual(
      effectsOf('cd d && python x.py').opaque.map(({ cwd }) => cwd),
      ['/w/d'],
    );
  });
});

describe('what changes nothing', () => {
  for (const command of [
    'ls -la',
    'git status',
    'git commit -m "$(cat <<E\nrm tests/\nE\n)"',
    'git checkout -b x',
    'npm test',
    'pytest tests/ -q',
    'rg x tests/',
    'echo "> a"',
    "echo '$(rm a)'",
    'cat <<"E"\n$(rm a)\nE',
    '# rm a',
    'git stash list',
    'tar tf a.tar',
    'sed -n 1p a',
    "awk '{print $1}' a",
    'sort a',
    'curl -s https://x | jq .a',
  ])
    checkNothing(command);
});

describe('what nobody may start', () => {
  const checkStarts = (command: string, ...expected: readonly string[]): void => {
    it(command, () => assert.deepEqual(effectsOf(command).starts, expected));
  };
  checkStarts('claude -p x', 'claude');
  checkStarts('cd d && /usr/bin/claude', 'claude');
  checkStarts('env A=b nohup claude &', 'claude');
  checkStarts('bash -c "claude -p x"', 'claude');
  checkStarts('npx @anthropic-ai/claude-code@latest -p x', 'claude');
  checkStarts('native-orchestrator start a', 'native-orchestrator');
  checkStarts('tmux -L no-0123abcd kill-server', 'tmux');
  checkStarts('TMUX_SOCKET_OVERRIDE=x ls', 'tmux');
  checkStarts('tmux ls');
  checkStarts('echo claude; cat claude.md');
});

describe('the words of commands', () => {
  it('are told with wrappers and without', () => {
    const { commands } = effectsOf('cd d && sudo env A=b git -C x push origin');
    for (const words of [
      ['git', '-C', 'x', 'push', 'origin'],
      ['git', 'push', 'origin'],
    ])
      assert.ok(
        commands.some((each) => each.join(' ') === words.join(' ')),
        words.join(' '),
      );
  });
});

describe('text that no shell takes', () => {
  for (const command of [
    'echo "',
    "echo '",
    'if a; then',
    'a | | b',
    'a && && b',
    'for',
    '(a',
    'a)',
    '{ a',
    'echo $(a',
    'echo `a',
    'case a in',
    '((',
    'fi',
    'a ;; b',
    '[[ a',
    'f() {',
    'cat <',
    '${',
  ])
    it(command, () => assert.notEqual(effectsOf(command).syntaxError, undefined));
});

describe('hostile text', function () {
  // Each takes a third of a second at most on a machine that does nothing else, and minutes where the work grows with the
  // square of the length.
  this.timeout(10_000);
  const most = 100_000;
  const repeated = (text: string): string => text.repeat(Math.ceil(most / text.length)).slice(0, most);
  // Were it slow, the lane's time-out would end it.
  for (const text of [
    '(',
    '((',
    '{ ',
    '$(',
    '$((',
    '`',
    '"',
    "'",
    '\\',
    '${',
    '${a:-',
    '[[ ',
    'a;',
    'a|',
    'a&&',
    '<<E\n',
    '> a ',
    '{a,b}',
    '*',
    '**/',
    'x=$x$x;',
    'if a; then ',
    'f() { ',
    '$(rm ',
    '<(',
    '\n',
    'ünï ',
    'sed s/',
    "$'\\x",
    '!(',
    'eval ',
  ])
    it(`is judged in time: ${JSON.stringify(text)} again and again`, () => {
      effectsOf(repeated(text));
    });
  it('doubling over and over is given up', () => {
    const doubling = Array.from({ length: 60 }, (_, at) => `x${at + 1}="$x${at}$x${at}"`).join('; ');
    assert.notEqual(effectsOf(`x0=aaaaaaaaaa; ${doubling}; rm $x60`).syntaxError, undefined);
  });
});

describe('programs that nobody here knows', () => {
  checkWrites('openssl rand -out k 5', 'k');
  checkWrites('tool -osub/a.o --outdir=gen -- x', 'sub/a.o', 'gen/**');
  const checkMentions = (command: string, ...expected: readonly string[]): void => {
    it(command, () =>
      assert.deepEqual(
        effectsOf(command).mentions.map(({ what, path }) => `${what} ${path}`),
        expected,
      ),
    );
  };
  checkMentions('convert a b', 'convert /w/a', 'convert /w/b');
  checkMentions('pytest tests/ -q');
  checkMentions('rm a');
});

describe('what makes another program run later', () => {
  for (const command of [
    'git config core.hooksPath hooks',
    'git config core.fsmonitor x',
    "git config alias.x '!x'",
    'git config --edit',
    "echo '{}' > package.json; npm run x",
    "printf 'a:\\n\\tx\\n' > Makefile; make",
  ])
    it(command, () => assert.ok(effectsOf(command).opaque.length > 0));
  for (const command of ['git config user.name', 'npm run x', 'make', 'echo x > notes; npm run x'])
    it(`not ${command}`, () => assert.deepEqual(effectsOf(command).opaque, []));
});

describe('what a listing names', () => {
  checkWrites('git ls-files | xargs rm', './**');
  checkWrites('rm $(find src)', 'src/**');
  checkWrites('find src -type f | sed s/x/y/ | xargs touch', 'src/**');
  checkWrites('for f in $(grep -rl x src); do rm "$f"; done', 'src/**');
  checkWrites('rg -l x src | while read -r f; do rm "$f"; done', 'src/**');
  checkWrites('find . -name c.ts | xargs rm', './src/c.ts');
  checkWrites('find . -name a.ts -o -name c.ts | xargs rm', './a.ts', './src/c.ts');
  checkWrites("find . -name '*.ts' ! -name a.ts ! -name b.ts ! -path './src/*' | xargs rm");
  checkWrites("find . -name '?.ts' | grep -v '^./src' | xargs rm", './a.ts', './b.ts');
  checkWrites('ls src | xargs -I{} rm src/{}', 'src/c.ts');
  checkWrites('ls src | (cd src; xargs rm)', 'src/c.ts', 'c.ts');
  checkWrites('touch n; ls src | xargs -I{} rm src/{}', 'n', 'src//**');
  checkWrites('f() { ls; }; ls; f | xargs rm', './**');
  checkWrites('rm "$(tail -1 list)"', 'a/**', 'b/**');
  checkWrites('cat <(git ls-files) | xargs rm', './**');
  checkWrites('find . -type f | tail -n +2 | xargs rm', './**');
  checkWrites("find src | xargs -I% sh -c 'rm %'", 'src/**');
  checkWrites('rm "$(readlink src)"/c.ts', '/c.ts', 'src/**');
  checkWrites('xargs rm <<< "$(git ls-files)"', './**');
  checkWrites('git branch | xargs git branch -d');
});

describe('plain words', () => {
  const check = (command: string, words: readonly string[] | undefined): void => {
    it(command, () => assert.deepEqual(plainWords(command), words));
  };
  check('npm test', ['npm', 'test']);
  check('git status', undefined);
  check(`rm 'a b' "it's" c"d"e`, ['rm', 'a b', "it's", 'cde']);
  for (const command of [
    'a;b',
    'a|b',
    'a>b',
    'a $b',
    'a `b`',
    'a b*',
    'a ~b',
    'A=b c',
    'if a',
    'eval a',
    'cd a',
    './a',
    'env a',
    'find .',
    'xargs rm',
    'a\nb',
    '',
    'a {b,c}',
    'a #b',
    'a "$b"',
    'trap a b',
    'history -w a',
  ])
    check(command, undefined);
  it('have the effects that the parser sees', () => {
    for (const command of [
      'rm a',
      'rm -rf a b',
      'cp a.ts src',
      'touch "a b"',
      'sed -i s/a/b/ f',
      'pytest tests -q',
      'python -c x',
      'claude',
    ])
      assert.deepEqual(wordEffects(plainWords(command) ?? [], context), effectsOf(command));
  });
});
