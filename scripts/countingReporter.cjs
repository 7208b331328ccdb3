// A mocha reporter for every lane: writes counts, failures in full and the names of what was skipped to a JSON file.
// `NATIVE_ORCHESTRATOR_TEST_FAILURES`: a file that gets the title of each test as it fails, for who takes pictures of it.
// A file, since the console of VS Code's extension host is not ours. CommonJS, since it is loaded there too.
const { appendFileSync, writeFileSync } = require('node:fs');
const { format } = require('node:util');
const { reporters } = require('mocha');

class CountingReporter extends reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    const pictures = process.env.NATIVE_ORCHESTRATOR_TEST_FAILURES;
    if (pictures) runner.on('fail', (test) => appendFileSync(pictures, `${test.fullTitle()}\n`));
    runner.on('pending', (test) => skipped.push(`  skipped: ${test.fullTitle()}`));
    runner.once('end', () => {
      const lines = [];
      reporters.Base.consoleLog = (...args) => lines.push(format(...args));
      if (this.failures.length > 0) reporters.Base.list(this.failures);
      const { passes, failures, pending } = this.stats;
      const report = [...lines, ...skipped].join('\n');
      const result = { passed: passes, failed: failures, skipped: pending, report };
      const file = process.env.NATIVE_ORCHESTRATOR_TEST_RESULT;
      if (file) writeFileSync(file, JSON.stringify(result));
      else console.log(`${report}\n${passes} passed, ${failures} failed, ${pending} skipped`);
    });
  }
}

module.exports = CountingReporter;
