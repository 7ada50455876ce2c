import { Args } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';
import { runVerify } from '../cli/collection/run-verify.ts';
import { verificationFlags } from '../cli/collection/verify-flags.ts';

export default class Verify extends BaseCommand {
  static override summary = 'Compare existing JPEGs with their TIFFs, whatever made them.';

  static override description =
    `Decodes each JPEG and its TIFF and measures how alike they are (PSNR, SSIM), as "convert --verify" does. Writes to neither.
The JPEG of scan.tif is scan.jpg beside it, or in --out-dir; --pairs names others. With --page all, those of further pages are scan.page-2.jpg, …
A JPEG is within the limits if it is as near to its TIFF as another JPEG of the same pixels and quality. Missing and damaged JPEGs, other sizes (smaller copies, too), orientations and pictures are failures.
To resume, run the same command again: what was verified, and has not changed since, is skipped.`;

  static override usage = [
    '<%= command.id %> [PATHS...] [FLAGS]',
    '<%= command.id %> --pairs FILE [FLAGS]',
  ];

  static override examples = [
    {
      description: 'Compare the JPEGs in a folder and its subfolders with the TIFFs beside them',
      command: '<%= config.bin %> <%= command.id %> scans -r',
    },
    {
      description: 'Compare the JPEGs in another folder, and write a page for review and sign-off',
      command:
        '<%= config.bin %> <%= command.id %> scans -r --out-dir jpegs --report verified.html',
    },
    {
      description: 'Compare pairs from a list, with a tab between TIFF and JPEG',
      command: '<%= config.bin %> <%= command.id %> --pairs pairs.tsv',
    },
    {
      description: 'Find missing JPEGs, and those of another size, without decoding any',
      command: '<%= config.bin %> <%= command.id %> scans -r --dry-run',
    },
    {
      description: 'Verify JPEGs on a read-only disk',
      command:
        '<%= config.bin %> <%= command.id %> /mnt/archive -r --record ~/archive-verified.jsonl',
    },
  ];

  static override args = {
    paths: Args.string({
      name: 'PATH',
      description: 'TIFF files, folders or patterns.',
      required: false,
      multiple: true,
    }),
  };

  static override flags = verificationFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Verify);
    this.exitWith(await runVerify(args.paths ?? [], flags, this.session));
  }
}
