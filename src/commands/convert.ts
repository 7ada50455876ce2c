import { Args } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';
import { convertFlags } from '../cli/collection/convert-flags.ts';
import { runConvert } from '../cli/collection/run-convert.ts';

export default class Convert extends BaseCommand {
  static override summary = 'Convert local TIFFs to JPEG, one file or a whole collection.';

  static override description =
    `Converts as "run" does, with the same settings. Without --output or --out-dir, each JPEG is written beside its TIFF.
--page all writes one JPEG per page: scan.jpg, scan.page-2.jpg, …; if one page fails, none is written.
A JPEG appears under its name only when it is complete. Existing files are overwritten only with --force, TIFFs never.
With -, the TIFF is read from stdin and the JPEG is written to stdout.

For a folder, the TIFFs in it are converted, found by name or content; -r includes subfolders, and keeps their structure below --out-dir. If two JPEGs would get the same name, the second is named scan.tiff.jpg.
A failed TIFF does not stop the others. To resume an interrupted run, run the same command again: JPEGs that are up to date, according to the record .arke-tiff.jsonl beside them, are skipped.`;

  static override usage = '<%= command.id %> [PATHS...] [FLAGS]';

  static override examples = [
    {
      description: 'Convert a file to scan.jpg',
      command: '<%= config.bin %> <%= command.id %> scan.tif',
    },
    {
      description: 'Convert a folder and its subfolders into another folder',
      command: '<%= config.bin %> <%= command.id %> scans -r --out-dir jpegs',
    },
    {
      description: 'Preview the work and its cost',
      command: '<%= config.bin %> <%= command.id %> scans -r --out-dir jpegs --dry-run',
    },
    {
      description: 'Compare each JPEG with its TIFF, and write checksums for sha256sum -c',
      command:
        '<%= config.bin %> <%= command.id %> scans -r --verify --checksum --report scans.sha256',
    },
    {
      description: 'Convert the files that another program finds',
      command:
        '$ find scans -name "*.tif" -newer last -print0 | <%= config.bin %> <%= command.id %> --files-from - --out-dir jpegs',
    },
    {
      description: 'Convert all pages of a file to scan.jpg, scan.page-2.jpg, …',
      command: '<%= config.bin %> <%= command.id %> scan.tif --page all',
    },
    {
      description: 'Convert in a pipe',
      command: '$ cat scan.tif | <%= config.bin %> <%= command.id %> - > scan.jpg',
    },
  ];

  static override args = {
    paths: Args.string({
      name: 'PATH',
      description: 'TIFF files, folders or patterns; - for stdin.',
      required: false,
      multiple: true,
    }),
  };

  static override flags = convertFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Convert);
    this.exitWith(await runConvert(args.paths ?? [], flags, this.session));
  }
}
