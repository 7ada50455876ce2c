/**
 * Whether an error is a fault of our own code, or of an engine that cannot run it, and so says
 * nothing about the TIFF.
 */
export function isFault(error: unknown): error is Error {
  return (
    error instanceof SyntaxError || error instanceof TypeError || error instanceof ReferenceError
  );
}
