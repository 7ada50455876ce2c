/** Names of tag values: TIFF 6.0, its supplements, and libtiff's registrations. */
type Names = Readonly<Record<number, string>>;

/**
 * Compression (259): TIFF 6.0 section 3, supplement 2 (Deflate, old-style JPEG), libtiff's tiff.h.
 */
const COMPRESSIONS: Names = {
  1: 'none',
  2: 'CCITT run-length',
  3: 'CCITT G3',
  4: 'CCITT G4',
  5: 'LZW',
  6: 'old-style JPEG',
  7: 'JPEG',
  8: 'Deflate',
  9: 'JBIG (T.85)',
  10: 'JBIG (T.43)',
  32766: 'NeXT 2-bit',
  32771: 'CCITT run-length, word-aligned',
  32773: 'PackBits',
  32809: 'ThunderScan',
  32908: 'Pixar film',
  32909: 'Pixar log',
  32946: 'Deflate (old number)',
  33003: 'JPEG 2000 (Aperio, YCbCr)',
  33005: 'JPEG 2000 (Aperio, RGB)',
  34661: 'JBIG',
  34676: 'SGI log (RLE)',
  34677: 'SGI log (24-bit)',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34892: 'lossy JPEG (DNG)',
  34925: 'LZMA',
  34926: 'ZSTD (old number)',
  34927: 'WebP (old number)',
  50000: 'ZSTD',
  50001: 'WebP',
  50002: 'JPEG XL',
  52546: 'JPEG XL (DNG)',
};

/** PhotometricInterpretation (262): TIFF 6.0 sections 8 and 16 to 23, supplement 1, DNG 1.4. */
const PHOTOMETRICS: Names = {
  0: 'grey, white is zero',
  1: 'grey, black is zero',
  2: 'RGB',
  3: 'palette',
  4: 'transparency mask',
  5: 'CMYK',
  6: 'YCbCr',
  8: 'CIE L*a*b*',
  9: 'ICC L*a*b*',
  10: 'ITU L*a*b*',
  32803: 'colour filter array',
  32844: 'CIE Log L',
  32845: 'CIE Log Luv',
  34892: 'linear raw',
};

/** SampleFormat (339): TIFF 6.0 section 19; 5 and 6 are libtiff's. */
const SAMPLE_FORMATS: Names = {
  1: 'unsigned',
  2: 'signed',
  3: 'float',
  4: 'undefined',
  5: 'complex signed',
  6: 'complex float',
};

/** ExtraSamples (338), TIFF 6.0 section 18. */
const EXTRA_SAMPLES: Names = {
  0: 'unspecified',
  1: 'associated alpha',
  2: 'unassociated alpha',
};

/**
 * Names of tags: TIFF 6.0 and its supplements, EXIF, Windows, GeoTIFF 1.1, GDAL, ICC, IPTC, Adobe.
 */
const TAGS: Names = {
  254: 'NewSubfileType',
  255: 'SubfileType',
  256: 'ImageWidth',
  257: 'ImageLength',
  258: 'BitsPerSample',
  259: 'Compression',
  262: 'PhotometricInterpretation',
  266: 'FillOrder',
  269: 'DocumentName',
  270: 'ImageDescription',
  271: 'Make',
  272: 'Model',
  273: 'StripOffsets',
  274: 'Orientation',
  277: 'SamplesPerPixel',
  278: 'RowsPerStrip',
  279: 'StripByteCounts',
  280: 'MinSampleValue',
  281: 'MaxSampleValue',
  282: 'XResolution',
  283: 'YResolution',
  284: 'PlanarConfiguration',
  285: 'PageName',
  286: 'XPosition',
  287: 'YPosition',
  296: 'ResolutionUnit',
  297: 'PageNumber',
  301: 'TransferFunction',
  305: 'Software',
  306: 'DateTime',
  315: 'Artist',
  316: 'HostComputer',
  317: 'Predictor',
  318: 'WhitePoint',
  319: 'PrimaryChromaticities',
  320: 'ColorMap',
  322: 'TileWidth',
  323: 'TileLength',
  324: 'TileOffsets',
  325: 'TileByteCounts',
  330: 'SubIFDs',
  332: 'InkSet',
  333: 'InkNames',
  336: 'DotRange',
  337: 'TargetPrinter',
  338: 'ExtraSamples',
  339: 'SampleFormat',
  340: 'SMinSampleValue',
  341: 'SMaxSampleValue',
  347: 'JPEGTables',
  513: 'JPEGInterchangeFormat',
  514: 'JPEGInterchangeFormatLength',
  529: 'YCbCrCoefficients',
  530: 'YCbCrSubSampling',
  531: 'YCbCrPositioning',
  532: 'ReferenceBlackWhite',
  700: 'XMP',
  18246: 'Rating',
  18249: 'RatingPercent',
  32996: 'DataType',
  33432: 'Copyright',
  33550: 'ModelPixelScale',
  33723: 'IPTC',
  33922: 'ModelTiepoint',
  34264: 'ModelTransformation',
  34377: 'Photoshop resources',
  34665: 'EXIF',
  34675: 'ICC profile',
  34735: 'GeoKeyDirectory',
  34736: 'GeoDoubleParams',
  34737: 'GeoAsciiParams',
  34853: 'GPS',
  37724: 'Photoshop layers',
  40091: 'XPTitle',
  40092: 'XPComment',
  40093: 'XPAuthor',
  40094: 'XPKeywords',
  40095: 'XPSubject',
  42112: 'GDAL metadata',
};

/** The name of a tag, or its number if it is not in the table. */
export function tagName(tag: number): string {
  return TAGS[tag] ?? `tag ${tag}`;
}

/** The compression in words, or its number if it is not registered. */
export function compressionName(compression: number): string {
  return nameIn(COMPRESSIONS, compression);
}

/** The colour space in words. */
export function photometricName(photometric: number): string {
  return nameIn(PHOTOMETRICS, photometric);
}

/** The sample format in words. */
export function sampleFormatName(sampleFormat: number): string {
  return nameIn(SAMPLE_FORMATS, sampleFormat);
}

/** The kind of an extra sample in words. */
export function extraSampleName(type: number): string {
  return nameIn(EXTRA_SAMPLES, type);
}

function nameIn(names: Names, value: number): string {
  return names[value] ?? `unknown (${value})`;
}
