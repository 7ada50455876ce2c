/** Whether an error is a fault of our own code, or of an engine that cannot read it: it says nothing about a TIFF. */
export function isFault(error: unknown): error is Error {
  return (
    error instanceof SyntaxError || error instanceof TypeError || error instanceof ReferenceError
  );
}
