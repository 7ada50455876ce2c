import { copyFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { pictureWith } from '../../../../../support/described-tiff.ts';
import { exiftool, writeByExiftool } from '../../../../../support/exiftool.ts';
import { useJpegs } from '../../../../../support/jpegs.ts';
import { hasSharedTiffs, sharedTiffs } from '../../../../../support/shared-tiffs.ts';
import { makeTiffAs } from '../../../../../support/tiff-writer.ts';

const { make, folder } = useJpegs();

/** What the JPEG must have of what the TIFF has, as the same reader tells it. */
const ofThePage =
  /^IFD0:(Artist|Copyright|ImageDescription|DocumentName|Page(Name|Number)|Make|Model|Software|ModifyDate|HostComputer|[XY]Resolution|ResolutionUnit|XPTitle)$/;
const below = /^(ExifIFD|GPS|IPTC|XMP-\w+):/;
/** What is the JPEG's own: how it is coded, its size, its colours, and that it is upright. */
const ofTheJpeg =
  /:(ComponentsConfiguration|CompressedBitsPerPixel|ExifImage(Width|Height)|Image(Width|Height)|Orientation|ColorSpace|ICCProfileName)$/;

function keptOf(found: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(found).filter(
    ([name]) => (ofThePage.test(name) || below.test(name)) && !ofTheJpeg.test(name),
  );
  return Object.fromEntries(kept);
}

describe('a TIFF that exiftool described', () => {
  it.each([{ bigEndian: false }, { bigEndian: true }])(
    'has a JPEG that tells the same: %o',
    async (layout) => {
      const path = await folder.write('described.tif', makeTiffAs(layout, pictureWith()));
      await writeByExiftool(
        path,
        ...[
          'Artist=Anna Müster',
          'Copyright=© State Archive',
          'DocumentName=Inventory 4711',
          'XPTitle=Zürich',
        ],
        ...[
          'ImageDescription=Deed of gift',
          'Make=Phase One',
          'Model=iXG',
          'ModifyDate=2024:03:07 10:11:12',
        ],
        ...[
          'ExposureTime=1/125',
          'FNumber=8',
          'LensInfo=50 90 2.8 4',
          'UserComment=„Schenkung“',
          'ISO=100',
        ],
        ...['GPSLatitude=47.37', 'GPSLatitudeRef=N', 'GPSLongitude=8.54', 'GPSLongitudeRef=E'],
        ...[
          'IPTC:CodedCharacterSet=UTF8',
          'IPTC:Keywords=deed',
          'IPTC:Keywords=gift',
          'IPTC:Credit=Archiv Zürich',
        ],
        ...['XMP-dc:Title=Schenkung', 'XMP-dc:Subject=deed', 'XMP-xmpRights:UsageTerms=CC BY'],
      );
      const before = keptOf(await exiftool(path));
      expect(Object.keys(before).length).toBeGreaterThan(25);
      const { found, notes } = await make(path, { metadata: 'all' });
      // It has no resolution, and this is how EXIF says so.
      const unknown = {
        'IFD0:XResolution': 72,
        'IFD0:YResolution': 72,
        'IFD0:ResolutionUnit': 'inches',
      };
      expect(keptOf(found)).toEqual({ ...before, ...unknown });
      expect(found['ExifTool:Warning']).toBeUndefined();
      expect(notes).toEqual([]);
    },
  );
});

const real = sharedTiffs().filter((tiff) => tiff.expected === 'ok' && tiff.samePixels);
describe.skipIf(!hasSharedTiffs)('real TIFFs', () => {
  it.each(real)('have JPEGs that tell the same: $file', async ({ file, path }) => {
    const copy = folder.path(file);
    await copyFile(path, copy);
    const before = await exiftool(copy);
    const { found } = await make(copy, { metadata: 'all' });
    for (const [name, value] of Object.entries(keptOf(before))) {
      // 72 dpi is how EXIF says that a resolution is unknown, and 0 is none.
      const isNone = value === 0 && /:[XY]Resolution$/.test(name);
      expect(found).toHaveProperty([name], isNone ? 72 : value);
    }
    expect(found['ExifTool:Warning']).toBe(undefined);
  });

  it.each(real.filter((tiff) => tiff.class === 'metadata-rich'))(
    'keep their profile: $file',
    async ({ path }) => {
      const { found } = await make(path, { profile: 'keep' });
      const before = await exiftool(path);
      const ofProfile = Object.entries(before).filter(([name]) => name.startsWith('ICC'));
      expect(found).toMatchObject(Object.fromEntries(ofProfile));
    },
  );
});
