// A Jest reporter for programs and tired eyes: the last line is always "N passed, N failed, N skipped".
export default class ClosingLine {
  onRunComplete(_contexts, results) {
    const passed = results.numPassedTests;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites; // a file that does not load is a failure
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${passed} passed, ${failed} failed, ${skipped} skipped\n`;
    process.once("exit", () => process.stdout.write(line)); // Jest's own summary and our tear-down come after this hook
  }
}
