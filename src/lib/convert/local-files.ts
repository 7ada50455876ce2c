/** One local TIFF and where the JPEG of its first page goes; further ones lie beside it (`pageName`). */
export interface LocalConversion {
  readonly input: string;
  readonly output: string;
  /** Where the TIFF lies, and how it is called in messages, if not at and by `input`: what came from stdin, say. */
  readonly source?: { readonly path: string; readonly name: string } | undefined;
}
