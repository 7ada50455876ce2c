import { chmod } from 'node:fs/promises';
import { execa } from 'execa';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { readJpegCoding } from '../../../bench/jpeg-coding.ts';
import { peersOf } from '../../../bench/peer-programs.ts';
import type { PeerResult } from '../../../bench/peers.ts';
import { peersTable } from '../../../bench/table.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
const node = process.execPath;

describe('how a JPEG is coded', () => {
  let picture: Buffer;
  beforeAll(async () => {
    const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
    const create = { width: 64, height: 48, channels: 3, background: '#000', noise } as const;
    picture = await sharp({ create }).png().toBuffer();
  });

  it.each([
    [{}, { subsampling: '4:2:0', progressive: false }],
    [{ mozjpeg: true }, { subsampling: '4:2:0', progressive: true }],
    [{ chromaSubsampling: '4:4:4' }, { subsampling: '4:4:4', progressive: false }],
  ])('is read from what sharp makes with %o', async (options, coding) => {
    expect(readJpegCoding(await sharp(picture).jpeg(options).toBuffer())).toEqual(coding);
  });

  it('is grey with one component', async () => {
    const grey = await sharp(picture).toColourspace('b-w').jpeg().toBuffer();
    expect(readJpegCoding(grey).subsampling).toBe('grey');
  });

  it.each(['4:2:0', '4:2:2', '4:4:0', '4:1:1'])(
    'is read behind metadata, and from what ImageMagick makes: %s',
    async (subsampling) => {
      const commented = ['-set', 'comment', 'x'.repeat(300), '-sampling-factor', subsampling];
      const { stdout } = await execa('convert-im6.q16', ['png:-', ...commented, 'jpg:-'], {
        input: picture,
        encoding: 'buffer',
      });
      expect(readJpegCoding(Buffer.from(stdout)).subsampling).toBe(subsampling);
    },
  );

  it('cannot be read from anything else', () => {
    expect(() => readJpegCoding(Buffer.from('II*\0 and more'))).toThrow(RangeError);
  });
});

describe('the sharp-cli that is measured', () => {
  const found = (sharpCli?: string) =>
    peersOf({ node, program: 'none', sharpCli }).find(({ name }) => name.startsWith('sharp-cli'))
      ?.program;
  const script = async (name: string, says: string) => {
    const path = await folder.write(name, `#!/usr/bin/env node\nconsole.log(${says})`);
    await chmod(path, 0o755);
    return path;
  };

  it('is run by the same Node.js as all others', async () => {
    const path = await script('cli.cjs', "process.argv.at(-1) === '--version' ? '6.1.0' : ''");
    expect(found(path)).toEqual({ command: [node, path], version: 'sharp-cli 6.1.0' });
  });

  it('is no other program of that name', async () => {
    expect(found(await script('other.cjs', "'sharp, the tool of somebody else'"))).toBeUndefined();
  });

  it('is looked for on PATH', async () => {
    const { PATH } = process.env;
    try {
      await script('sharp', "'6.1.0'");
      process.env['PATH'] = `${folder.root}:${PATH}`;
      expect(found()?.command).toEqual([folder.path('sharp')]);
      process.env['PATH'] = '';
      expect(found()).toBeUndefined();
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});

describe('the table of peers', () => {
  const figures = { wall: at(1500), cpu: at(1.25), memory: at(100), jpegBytes: 7_700_000 };
  const coding = { subsampling: '4:4:4', progressive: false };
  const done: PeerResult = {
    name: 'one',
    version: 'one 1.0',
    coding,
    decibels: 39.5,
    ...figures,
  };

  it('has time, CPU, memory, size and likeness of each beside how its JPEG is coded', () => {
    const table = peersTable({ peers: [done], reader: 'tiff2rgba' });
    expect(table.split('\n').at(-1)).toBe(
      '| one | 4:4:4, baseline | 1.50 s (1.50 s–1.50 s) | 1.25 s (1.25 s–1.25 s) | 100 MB | 7.70 MB | 39.50 dB |',
    );
    expect(table.split('\n')[0]).toBe('one 1.0. PSNR is to the TIFF as tiff2rgba reads it.');
  });

  it('lists missing peers', () => {
    const absent = { name: 'other', absent: 'not installed' };
    const table = peersTable({ peers: [done, absent], reader: 'tiff2rgba' });
    expect(table).toContain('| other | – | not installed | – | – | – | – |');
  });

  it('has no likeness when no other program reads the TIFF', () => {
    const table = peersTable({ peers: [{ ...done, decibels: undefined }], reader: undefined });
    expect(table).toMatch(/7\.70 MB \| – \|$/);
    expect(table).not.toContain('PSNR is');
  });
});

function at(value: number) {
  return { min: value, median: value, max: value };
}
