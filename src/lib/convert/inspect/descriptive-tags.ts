/** The lowest metadata setting that keeps a tag's content, if any. */
export type KeptWith = 'copyright' | 'all' | 'nothing';

/** A tag that describes the picture, but is not needed to show it. */
export interface DescriptiveTag {
  readonly tag: number;
  /**
   * Whether its value is a text, a text in UTF-16 whatever its type (Windows' XP tags), a few
   * numbers, or data of which only the size is shown.
   */
  readonly holds: 'text' | 'utf-16' | 'numbers' | 'data';
  readonly keptWith: KeptWith;
}

const text = (tag: number, keptWith: KeptWith = 'all'): DescriptiveTag => ({
  tag,
  holds: 'text',
  keptWith,
});
const utf16 = (tag: number): DescriptiveTag => ({ tag, holds: 'utf-16', keptWith: 'all' });
const numbers = (tag: number, keptWith: KeptWith = 'all'): DescriptiveTag => ({
  tag,
  holds: 'numbers',
  keptWith,
});
const data = (tag: number, keptWith: KeptWith = 'all'): DescriptiveTag => ({
  tag,
  holds: 'data',
  keptWith,
});

/**
 * The descriptive tags, in display order. No setting keeps what JPEG cannot hold: GeoTIFF, GDAL,
 * Photoshop's layers, and its resources other than IPTC.
 */
export const descriptiveTags: readonly DescriptiveTag[] = [
  text(315, 'copyright'),
  text(33_432, 'copyright'),
  text(270),
  text(306),
  text(269),
  text(285),
  numbers(297),
  text(305),
  text(271),
  text(272),
  text(316),
  numbers(18_246),
  numbers(18_249),
  numbers(282, 'copyright'),
  numbers(283, 'copyright'),
  ...[40_091, 40_092, 40_093, 40_094, 40_095].map(utf16),
  data(34_665),
  data(34_853),
  data(33_723),
  data(700),
  data(34_377, 'nothing'),
  ...[33_550, 33_922, 34_264, 34_735, 34_736, 34_737, 42_112, 37_724].map((tag) =>
    data(tag, 'nothing'),
  ),
];

/**
 * The tags that determine how samples are read, or which other pictures they belong to (TIFF 6.0
 * and its supplements): their content is in the JPEG's pixels, or reported elsewhere.
 * TransferFunction, WhitePoint, PrimaryChromaticities and similar tags are not among them, because
 * nothing here uses them.
 */
const PICTURE_TAGS: ReadonlySet<number> = new Set([
  ...[254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281],
  ...[284, 288, 289, 292, 293, 296, 317, 320, 322, 323, 324, 325, 330, 332, 333, 334, 338, 339],
  ...[340, 341, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 531, 532],
  34_675,
]);

/** Whether a tag determines the picture. */
export function isPictureTag(tag: number): boolean {
  return PICTURE_TAGS.has(tag);
}
