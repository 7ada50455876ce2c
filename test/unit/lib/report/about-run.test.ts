import { describe, expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { aboutRun, settingsInWords } from '../../../../src/lib/report/about-run.ts';
import { converted, failed, runOf } from '../../../support/report-runs.ts';

const to = (input: string, output: string) => converted(input, { output }, { output });

function foldersOf(...records: Parameters<typeof runOf>[0]) {
  const about = new Map(aboutRun(runOf(records), undefined));
  return { from: about.get('TIFFs from'), to: about.get('JPEGs to') };
}

describe('the head of a report', () => {
  it('names folders one by one if they are few', () => {
    const records = [to('a/1.tif', 'out/1.jpg'), to('b/2.tif', 'out/2.jpg')];
    expect(foldersOf(...records)).toEqual({ from: ['a/', 'b/'], to: ['out/'] });
  });

  it('names the folder that many have in common, and how many they are', () => {
    const records = ['a', 'b', 'c', 'd'].map((name) => to(`in/${name}/1.tif`, `${name}/1.jpg`));
    expect(foldersOf(...records)).toEqual({ from: ['in/ (4 folders)'], to: ['4 folders'] });
  });

  it('says that JPEGs are beside their TIFFs, and nothing where there are none', () => {
    expect(foldersOf(to('a.tif', 'a.jpg'), failed('b.tif'))).toEqual({
      from: ['./'],
      to: ['beside their TIFFs'],
    });
    expect(foldersOf(failed('b.tif')).to).toEqual([]);
  });

  it('has the versions of the libraries where they are known', () => {
    const versions = (libraries?: string) =>
      new Map(aboutRun(runOf([failed('a.tif')]), libraries)).get('Versions');
    expect(versions()).toEqual(['arke-tiff/0.0.0']);
    expect(versions('sharp/1 vips/2')).toEqual(['arke-tiff/0.0.0 sharp/1 vips/2']);
  });

  it('has the settings in words', () => {
    const encoder = { ...defaultEncoderSettings, profile: 'keep', metadata: 'copyright' } as const;
    expect(settingsInWords(encoder)).toBe(
      'JPEG of quality 95 by mozjpeg, chroma 4:2:0, effort auto, transparent pixels on white, colour profiles kept, author and copyright kept',
    );
  });
});
