/**
 * A local TIFF and the JPEG of its first page; the JPEGs of further pages are beside it
 * (`pageName`).
 */
export interface LocalConversion {
  readonly input: string;
  readonly output: string;
  /**
   * The TIFF's place and its name in messages if they differ from `input`: for stdin, for example.
   */
  readonly source?: { readonly path: string; readonly name: string } | undefined;
}
