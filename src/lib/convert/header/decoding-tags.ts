const [SHORT, LONG, RATIONAL, UNDEFINED] = [3, 4, 5, 7];

/** The tags that decoding needs, from TIFF 6.0 (sections 3 to 22) and its supplements. */
export const DECODING_TAGS: ReadonlyMap<number, number> = new Map([
  [256, LONG], // ImageWidth
  [257, LONG], // ImageLength
  [258, SHORT], // BitsPerSample
  [259, SHORT], // Compression
  [262, SHORT], // PhotometricInterpretation
  [266, SHORT], // FillOrder
  [273, LONG], // StripOffsets
  [277, SHORT], // SamplesPerPixel
  [278, LONG], // RowsPerStrip
  [279, LONG], // StripByteCounts
  [284, SHORT], // PlanarConfiguration
  [292, LONG], // T4Options
  [293, LONG], // T6Options
  [317, SHORT], // Predictor
  [320, SHORT], // ColorMap
  [322, LONG], // TileWidth
  [323, LONG], // TileLength
  [324, LONG], // TileOffsets
  [325, LONG], // TileByteCounts
  [338, SHORT], // ExtraSamples
  [339, SHORT], // SampleFormat
  [347, UNDEFINED], // JPEGTables
  [512, SHORT], // JPEGProc
  [513, LONG], // JPEGInterchangeFormat
  [514, LONG], // JPEGInterchangeFormatLength
  [515, SHORT], // JPEGRestartInterval
  [519, LONG], // JPEGQTables
  [520, LONG], // JPEGDCTables
  [521, LONG], // JPEGACTables
  [529, RATIONAL], // YCbCrCoefficients
  [530, SHORT], // YCbCrSubsampling
  [531, SHORT], // YCbCrPositioning
  [532, RATIONAL], // ReferenceBlackWhite
]);

/** Whether decoding needs a tag. */
export function isDecodingTag(tag: number): boolean {
  return DECODING_TAGS.has(tag);
}
