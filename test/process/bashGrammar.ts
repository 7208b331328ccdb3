// Bash commands from a seeded grammar, for the test that really runs them: many ways to touch many paths of a small
// tree, written in many ways. Only relative paths, and never more than two directories up.

/** Paths of the tree in throwAwayTree.ts: forbidden ones, allowed ones, new ones, links and directories above. */
const files: readonly string[] = [
  ...[
    'tests/a.py',
    'tests/unit/b.py',
    'tests/new.py',
    'src/a.test.ts',
    'src/new.test.ts',
    'agents/registry.yaml',
  ],
  ...['link/a.py', 'src/up/a.py', 'filelink', 'dangling', 'pkg/tests/c.py', '.claude/settings.json'],
  ...[
    'src/a.ts',
    'src/deep/c.ts',
    'docs/guide.md',
    'build/out.o',
    'README.md',
    'new.txt',
    'docs/new.md',
    'build/x y.txt',
  ],
];
const folders: readonly string[] = [
  'tests',
  'tests/unit',
  'link',
  'src/up',
  'pkg',
  'agents',
  'src',
  'src/deep',
  'docs',
  'build',
  '.',
  'empty',
];

export interface Random {
  /** A whole number from 0 up to but not including `below`. */
  below(below: number): number;
}

/** The same numbers for the same seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return {
    below(below) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
    },
  };
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Makes commands; one object makes one command, since words bring along assignments that stand before it. */
class Maker {
  private readonly random: Random;
  private before: string[] = [];
  private count = 0;

  constructor(random: Random) {
    this.random = random;
  }

  private one<T>(list: readonly T[]): T {
    return list[this.random.below(list.length)] as T;
  }

  private chance(percent: number): boolean {
    return this.random.below(100) < percent;
  }

  private name(): string {
    return `v${this.count++}`;
  }

  private set(assignment: string): void {
    this.before.push(assignment);
  }

  /** The path written in one of many ways. */
  private written(path: string): string {
    const plain = path.includes(' ') ? quote(path) : path;
    const at = this.random.below(Math.max(1, path.length - 1)) + 1;
    const slash = path.lastIndexOf('/');
    const octal = (char: string): string => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`;
    const ways: (() => string)[] = [
      () => quote(path),
      () => `"${path}"`,
      () => `./${plain}`,
      () => (path.includes(' ') ? plain : `${path.slice(0, at)}\\${path.slice(at)}`),
      () =>
        `$'${[...path].map((char, index) => (index === at ? `\\x${char.charCodeAt(0).toString(16)}` : char)).join('')}'`,
      () => `$'${[...path].map((char, index) => (index === at ? octal(char) : char)).join('')}'`,
      () => `${quote(path.slice(0, at))}"${path.slice(at)}"`,
      () => (path.includes(' ') ? plain : `${path.slice(0, at)}''${path.slice(at)}`),
      () => (path.includes(' ') ? plain : `${path.slice(0, at)}\\\n${path.slice(at)}`),
      () =>
        path.includes(' ') || at >= path.length
          ? plain
          : `${path.slice(0, at)}[${path[at]}]${path.slice(at + 1)}`,
      () => (path.includes(' ') || path[at] === '/' ? plain : `${path.slice(0, at)}?${path.slice(at + 1)}`),
      () => (path.includes(' ') || slash < 0 ? plain : `${path.slice(0, slash + 1)}*`),
      () => (path.includes(' ') || slash < 0 ? plain : `*/${path.slice(slash + 1)}`),
      () => (path.includes(' ') ? plain : `{${path},${this.one(['new.txt', 'docs/new.md'])}}`),
      () => (path.includes(' ') || at >= path.length ? plain : `${path.slice(0, at)}{${path.slice(at)},zz}`),
      () => `src/../${plain}`,
      () => `src//deep/../..//${plain}`,
      () => `"$PWD"/${plain}`,
      () => `~+/${plain}`,
      () => {
        const name = this.name();
        this.set(`${name}=${quote(path)}`);
        return `"$${name}"`;
      },
      () => {
        const name = this.name();
        this.set(`${name}=${quote(path.slice(0, at))}`);
        return `"\${${name}}${path.slice(at)}"`;
      },
      () => {
        const [name, other] = [this.name(), this.name()];
        this.set(
          `${name}=${quote(path.slice(0, at))}; ${other}=$${name}; ${other}+=${quote(path.slice(at))}`,
        );
        return `"$${other}"`;
      },
      () => `"\${unset_name:-${path}}"`,
      () => `"$(echo ${quote(path)})"`,
      () => `"$(printf '%s' ${quote(path)})"`,
      () => `"\`echo ${plain}\`"`,
      () => {
        const name = this.name();
        this.set(`${name}=${quote(`X${path}Y`)}; ${name}=\${${name}#X}`);
        return `"\${${name}%Y}"`;
      },
      () => {
        const name = this.name();
        this.set(`${name}=${quote(path.replace('t', 'T'))}`);
        return `"\${${name}//T/t}"`;
      },
      () => {
        const name = this.name();
        this.set(`${name}=(docs ${quote(path)})`);
        return `"\${${name}[1]}"`;
      },
      () => {
        const name = this.name();
        this.set(`read -r ${name} <<< ${quote(path)}`);
        return `"$${name}"`;
      },
      () => {
        const [name, other] = [this.name(), this.name()];
        this.set(`${name}=${quote(path)}; ${other}=${name}`);
        return `"\${!${other}}"`;
      },
      () =>
        this.chance(50)
          ? `${path.slice(0, at)}$(:)${path.slice(at)}`.replaceAll(' ', '\\ ')
          : `${path.slice(0, at)}\${nothing}${path.slice(at)}`.replaceAll(' ', '\\ '),
    ];
    return this.chance(40) ? plain : this.one(ways)();
  }

  private file(): string {
    return this.written(this.one(files));
  }

  private folder(): string {
    return this.written(this.one(folders));
  }

  private any(): string {
    return this.chance(65) ? this.file() : this.folder();
  }

  /** Something that reads or changes paths, as one simple command. */
  private act(): string {
    const n = this.name();
    const ways: (() => string)[] = [
      () => `echo x ${this.one(['>', '>>', '>|', '&>', '&>>', '1>', '2>', '1<>', '>&'])} ${this.file()}`,
      () => `> ${this.file()}`,
      () => `: <> ${this.file()}`,
      () => `{ echo a; echo b; } > ${this.file()}`,
      () => `exec 3> ${this.file()}; echo x >&3`,
      () => `exec {fd}>> ${this.file()}; echo x >&$fd`,
      () => `cat ${this.file()} > ${this.file()}`,
      () => `cat ${this.any()} | tee ${this.one(['', '-a '])}${this.file()} > /dev/null`,
      () => `cat > ${this.file()} <<EOF\nhello $PWD\nEOF`,
      () => `cat <<-'E' >> ${this.file()}\n\thello $x\n\tE`,
      () => `echo x | tee >(cat > ${this.file()}) > /dev/null`,
      () =>
        `cp ${this.one(['', '-f ', '-p ', '-a ', '--backup ', '-l ', '-s ', '-b -S .test.ts '])}${this.file()} ${this.any()}`,
      () => `cp -r ${this.folder()} ${this.folder()}`,
      () => `cp -R ${this.folder()}/. ${this.folder()}`,
      () => `cp -t ${this.folder()} ${this.file()} ${this.file()}`,
      () => `cp --target-dir=${this.one(['tests', 'docs', 'pkg/tests'])} README.md`,
      () => `cp --parents ${this.file()} ${this.folder()}`,
      () => `cp ${this.file()} ${this.file()} ${this.folder()}`,
      () => `mv ${this.one(['', '-f ', '-n ', '-b '])}${this.any()} ${this.any()}`,
      () => `mv -t ${this.folder()} ${this.any()}`,
      () => `rm ${this.one(['', '-f ', '-- '])}${this.file()}`,
      () => `rm -rf ${this.any()} ${this.any()}`,
      () => `rm --recurs ${this.folder()}`,
      () => `rmdir ${this.folder()}`,
      () => `unlink ${this.file()}`,
      () => `mkdir -p ${this.any()}`,
      () => `mkdir ${this.folder()}/new`,
      () => `touch ${this.any()} ${this.any()}`,
      () => `truncate -s 0 ${this.file()}`,
      () => `chmod ${this.one(['600', 'u+x', 'a-r', '-R 700', '-w'])} ${this.any()}`,
      () => `ln -s${this.one(['', 'f', 'n', 'fn'])} ${this.any()} ${this.any()}`,
      () =>
        `ln -s ${this.one(['tests', './tests', '../tests', '.', 'pkg', '..'])} ${n}; echo x > ${n}/${this.one(['a.py', 'tests/a.py', 'new', 'unit/b.py'])}`,
      () => `ln -s ${this.one(['tests/a.py', 'README.md', '$PWD/tests/new.py'])} ${n}; echo x >> ${n}`,
      () => `ln ${this.file()} docs/${n}; echo x >> docs/${n}`,
      () => `cp -l ${this.file()} docs/${n}; echo x >> docs/${n}`,
      () => `mv ${this.folder()} ${n}; rm -f ${n}/a.py ${n}/up/a.py`,
      () =>
        `dd if=${this.one(['README.md', 'docs/guide.md'])} of=${this.one(files).replaceAll(' ', '\\ ')} status=none`,
      () => `install -m 644 ${this.file()} ${this.any()}`,
      () => `install -d ${this.folder()}/x`,
      () => `install -D README.md ${this.file()}`,
      () => `sed -i${this.one(['', '.bak', ' -e p', 'E', ''])} s/a/b/ ${this.file()}`,
      () => `sed -n -i.bak '1p' ${this.file()} ${this.file()}`,
      () => `sed --in-pl=~ s/a/b/ ${this.file()}`,
      () => `sed -n 'w ${this.one(files)}' README.md`,
      () => `sed 's/e/E/w ${this.one(files)}' README.md`,
      () => `sed -e '1{' -e 'w ${this.one(files)}' -e '}' README.md`,
      () => `sed "s/world/x/" ${this.any()}`,
      () => `sed -i 's/tests/x/' ${this.file()}`,
      () => `sort ${this.one(['-o ', '-o', '--output=', '--outp '])}${this.file()} README.md`,
      () => `uniq README.md ${this.file()}`,
      () => `split -b 4 README.md ${this.any()}`,
      () => `csplit -s -f ${this.any()} README.md 1`,
      () => `tee ${this.file()} < README.md > /dev/null`,
      () => `awk '{ print > "${this.one(files)}" }' README.md`,
      () => `awk '{ print $1 }' ${this.file()} > ${this.file()}`,
      () => `awk -v f=${this.file()} '{ print > f }' README.md`,
      () => `perl -pi -e 's/a/b/' ${this.file()}`,
      () => `perl -e 'open(F, ">", "${this.one(files)}")'`,
      () =>
        `find ${this.folder()} ${this.one(['', '-type f', '-name "*.py"', '-name "*.o"', '-path "*/unit/*"', '-iname "A*"'])} -delete`,
      () =>
        `find . ${this.one(['-name "*.o"', '-name "a.*"', '-not -name "*.o"', '\\( -name b.py -o -name out.o \\)', '-name out.o -o -name a.py'])} -exec rm -f {} ${this.one(['\\;', '+'])}`,
      () =>
        `find ${this.folder()} -type f -exec ${this.one(['sh -c \'echo x >> "$1"\' _ {} \\;', 'chmod 700 {} +', 'cp README.md {} \\;', 'touch {} +'])}`,
      () => `find ${this.folder()} -name ${this.one(['a.py', 'c.ts'])} -execdir rm -f {} \\;`,
      () => `find . -name README.md -fprint ${this.file()}`,
      () => `find docs -name guide.md -exec cp {} ${this.any()} \\;`,
      () => `echo ${this.file()} | xargs ${this.one(['rm -f', 'touch', '-n1 truncate -s 0', 'chmod 700'])}`,
      () => `echo ${this.one(files).replaceAll(' ', '_')} | xargs -I{} cp README.md {}`,
      () => `printf '%s\\n' ${this.file()} ${this.file()} | xargs -d '\\n' rm -f`,
      () => `xargs -a list rm -f`,
      () => `xargs rm -f < list`,
      () => `cat list | while read -r line; do rm -f "$line"; done`,
      () =>
        `while read -r a b; do echo $b > "$a"; done <<< ${quote(`${this.one(files).split(' ')[0]} hello`)}`,
      () =>
        `tar xf arch.tar${this.one(['', ' -C build', ' -C tests', ' docs/guide.md', ' tests', ' --strip-components=1'])}`,
      () => `tar -x -f arch.tar -C ${this.folder()}`,
      () => `tar cf ${this.file()} docs`,
      () => `tar -cf build/x.tar --remove-files ${this.any()}`,
      () => `tar xOf arch.tar docs/guide.md > ${this.file()}`,
      () => `gzip ${this.one(['', '-k ', '-c '])}${this.file()}`,
      () => `gzip -c README.md > ${this.file()}; gunzip -f ${this.file()}`,
      () => `git checkout ${this.one(['-- ', 'HEAD -- ', '', 'other -- '])}${this.any()}`,
      () => `git restore ${this.one(['', '--staged ', '--source=other ', '-SW '])}${this.any()}`,
      () => `git rm -rfq ${this.one(['', '--cached ', '-- '])}${this.any()}`,
      () => `git mv -f ${this.any()} ${this.any()}`,
      () => `git clean -fdxq ${this.one(['', this.any(), '-n', '-e tests'])}`,
      () =>
        `git -C ${this.folder()} ${this.one(['rm -rfq .', 'checkout other -- .', 'clean -fdxq', 'restore --source=other .', 'status --short'])}`,
      () =>
        `git ${this.one(['checkout -q other', 'switch -q other', 'reset -q --hard other', 'stash -q', 'merge -q other', 'checkout -q -b fresh', 'stash list', 'log --oneline', 'diff --stat', 'status'])}`,
      () =>
        `git ${this.one(['apply', 'apply --check', 'apply -R', 'apply --directory=pkg', 'am'])} ${this.one(['p.diff', 'q.diff'])}`,
      () => `git apply < ${this.one(['p.diff', 'q.diff'])}`,
      () => `git diff --output=${this.one(files).split(' ')[0]} other`,
      () => `git archive -o ${this.file()} HEAD docs`,
      () => `git show other:tests/a.py > ${this.file()}`,
      () => `git worktree add -q ${this.folder()}/wt other`,
      () => `git checkout -q ':/${this.one(['tests', 'docs', ''])}'`,
      () => `git -c alias.zap='!rm -f tests/a.py' zap`,
      () => `patch -s ${this.one(['-p1', '-p0', ''])} < ${this.one(['p.diff', 'q.diff'])}`,
      () => `patch -s -p1 -i ${this.one(['p.diff', 'q.diff'])} -o ${this.file()}`,
      () => `patch -s ${this.file()} ${this.one(['p.diff', 'q.diff'])}`,
      () =>
        `patch -s -p1 <<'E'\n${this.one(['tests/a.py', 'docs/guide.md']).replace(/.*/, (file) => `--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-hello\n+bye`)}\nE`,
      () =>
        `bash ${this.one(['good.sh', 'bad.sh', './bad.sh', '-x bad.sh', '< bad.sh', 'args.sh tests/a.py', 'args.sh docs/new.md'])}`,
      () =>
        `${this.one(['./bad.sh', './good.sh', '. ./bad.sh', 'source ./good.sh', './args.sh tests/a.py', '. ./args.sh docs/new.md'])}`,
      () => `grep -rn hello ${this.any()}`,
      () => `cat ${this.any()} ${this.any()}`,
      () => `ls -la ${this.any()}; wc -l ${this.any()}; head -2 ${this.file()}`,
      () => `test -f ${this.file()} && echo yes`,
      () => `basename ${this.file()}; dirname ${this.file()}; stat ${this.any()}; du -s ${this.any()}`,
      () => `diff -r ${this.folder()} ${this.folder()}`,
      () => `od -c ${this.file()} | head -1`,
      () => `[[ -e ${this.file()} && ! -d ${this.folder()} ]] || echo no`,
    ];
    return this.one(ways)();
  }

  /** A command around others. */
  private whole(depth: number): string {
    if (depth <= 0 || this.chance(30)) return this.act();
    const inner = (): string => this.whole(depth - 1);
    const f = this.name();
    const ways: (() => string)[] = [
      () => `${inner()} ${this.one(['&&', '||', ';', '\n', '&& true;', '; true ||'])} ${inner()}`,
      () => `( ${inner()}\n)`,
      () => `{ ${inner()}\n}`,
      () => `cd ${this.folder()} ${this.one(['&&', ';', '||', '\n'])} ${inner()}`,
      () =>
        `cd ${this.folder()} && ${this.one(['rm -f', 'touch', 'echo x >', 'rm -rf', 'git rm -rfq', 'sed -i s/a/b/', 'mkdir -p'])} ${this.one(['a.py', '../tests/a.py', '*', 'unit', './b.py', 'a.test.ts', '../*/a.py', '../src/a.test.ts', 'x'])}`,
      () =>
        `(cd ${this.folder()} && ${this.one(['rm -rf ./*', 'touch a.py', 'cp ../README.md a.py'])}); ${inner()}`,
      () => `pushd ${this.folder()} > /dev/null; ${inner()}\npopd > /dev/null; ${inner()}`,
      () => `cd ${this.folder()}; cd -; ${inner()}`,
      () => `cd ${this.folder()} && cd .. && ${inner()}`,
      () =>
        `if ${this.one(['true', 'false', 'test -f tests/a.py', '[ 1 = 2 ]'])}; then ${inner()}\nelse ${inner()}\nfi`,
      () =>
        `for ${f} in ${this.any()} ${this.any()} docs/new.md; do ${this.one(['rm -rf', 'touch', 'chmod 700', 'cat'])} "$${f}"; done`,
      () =>
        `for ${f} in a.py unit/b.py; do ${this.one(['rm -f', 'touch', 'cat'])} ${this.one(['tests', 'docs', 'link', 'pkg/tests'])}/$${f}; done`,
      () => `for ${f} in */; do (cd $${f} && ${this.one(['rm -f a.py', 'touch zz', 'ls'])}); done`,
      () => `for ((i = 0; i < 2; i++)); do ${inner()}\ndone`,
      () => `i=0; while [ $i -lt 2 ]; do i=$((i + 1)); ${inner()}\ndone`,
      () => `case ${this.one(['a', 'b', '"$HOME"'])} in a) ${inner()}\n;; *) ${inner()}\n;& z) true;; esac`,
      () => `${f}() { ${inner()}\n}; ${f}`,
      () => `${f}() { ${this.one(['rm -rf', 'touch', 'echo x >', 'cat'])} "$1"; }; ${f} ${this.any()}`,
      () => `${f}() { local d=${this.folder()}; cd "$d" && return; }; ${f}; ${inner()}`,
      () => `bash -c ${quote(inner())}`,
      () => `sh -c ${quote(`${this.one(['rm -rf', 'touch', 'cat'])} "$1"`)} _ ${this.any()}`,
      () => `eval ${quote(inner())}`,
      () => `bash <<'SCRIPT'\n${inner()}\nSCRIPT`,
      () => `echo ${quote(inner())} | bash`,
      () => `trap ${quote(inner())} EXIT; ${this.one(['true', 'cd tests', 'cd docs'])}`,
      () =>
        `${this.one(['env', 'env -i PATH="$PATH"', 'nice', 'command', 'timeout 2', 'nohup', 'time', 'stdbuf -oL', '!', 'exec', 'env -C docs', 'env -C tests'])} ${this.one(['rm -rf', 'touch', 'cat', 'truncate -s 0', 'mkdir -p'])} ${this.any()}`,
      () =>
        `shopt -s ${this.one(['dotglob', 'nullglob', 'globstar', 'nocaseglob', 'extglob'])}\n${this.one(['rm -f', 'touch', 'ls -d'])} ${this.one(['*', '**/a.py', 'TESTS/*', '!(src)/*', 't*/*', '*/[a-b]*', '.c*/*', '@(tests|docs)/*'])}`,
      () => `shopt -s expand_aliases\nalias zap='${this.one(['rm -rf', 'touch', 'cat'])}'\nzap ${this.any()}`,
      () => `set -- ${this.any()} ${this.any()}; shift; ${this.one(['rm -rf', 'touch', 'ls'])} "$@"`,
      () =>
        `IFS=:; x=${this.one(['tests/a.py:docs/new.md', 'docs:build', 'tests:x'])}; ${this.one(['rm -rf', 'touch', 'ls'])} $x`,
      () => `mapfile -t ${f} < list; rm -f "\${${f}[@]}"`,
      () => `${inner()} &\nwait`,
      () => `coproc { ${inner()}\n}; wait`,
      () => `x=$(${inner()}\n); ${inner()}`,
      () => `diff <(${inner()}\n) <(cat README.md)`,
      () => `# a comment with 'quotes\n${inner()} # and another "one`,
      () => `${inner()} | ${this.one(['cat', 'head -1', 'wc -l', 'sort'])}`,
      () => `${inner()} | { ${inner()}\n}`,
      () => `python3 -c "open('${this.one(files)}', 'a')"`,
      () => `umask 077; ${inner()}`,
      () => `unset -f rm; ${inner()}`,
      () => `cat > build/${f}.sh <<'E'\n${this.act()}\nE\nbash build/${f}.sh`,
    ];
    return this.one(ways)();
  }

  command(): string {
    const text = this.whole(this.random.below(4));
    const before = this.before.map((each) => `${each}\n`).join('');
    return before + text;
  }
}

/** The `count` first commands of a seed. */
export function bashCommands(seed: number, count: number): readonly string[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, () => new Maker(random).command());
}
