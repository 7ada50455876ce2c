/** One local TIFF and where the JPEG of its first page goes; further ones lie beside it (`pageName`). */
export interface LocalConversion {
  readonly input: string;
  readonly output: string;
}
