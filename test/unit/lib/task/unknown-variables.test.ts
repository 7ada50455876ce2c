import { describe, expect, it } from 'vitest';
import { knownVariables } from '../../../../src/lib/task/environment.ts';
import { unknownVariables } from '../../../../src/lib/task/unknown-variables.ts';

const of = (...names: string[]) =>
  unknownVariables(Object.fromEntries(names.map((name) => [name, 'the value'])));

describe('unknown variables', () => {
  it.each([
    ['JPEG_QUALTY', 'JPEG_QUALITY'],
    ['jpeg_quality', 'JPEG_QUALITY'],
    ['JPEG_SUBSAMPLING', 'JPEG_CHROMA_SUBSAMPLING'],
    ['TASKID', 'TASK_ID'],
    ['TASK_TIMEOUT', 'TASK_TIMEOUT_MS'],
    ['R2_SECRET_KEY', 'R2_SECRET_ACCESS_KEY'],
    ['CALLBACK_URI', 'CALLBACK_URL'],
    ['MEMORY_LIMIT_M', 'MEMORY_LIMIT_MB'],
    ['MEMORY_LIMIT', 'MEMORY_LIMIT_MB'],
    ['INPUT_R2', 'INPUT_R2_KEY'],
    ['LOGFORMAT', 'LOG_FORMAT'],
  ])('that look like ours are reported, with the one that is meant: %s', (name, meant) => {
    const [text = '', ...more] = of(name);
    expect(more).toEqual([]);
    expect(text).toMatch(new RegExp(`^Unknown variable ${name} has no effect\\.`));
    expect(text).toContain(
      meant === 'JPEG_CHROMA_SUBSAMPLING' || meant === 'R2_SECRET_ACCESS_KEY'
        ? '"arke-tiff run --help" lists all'
        : `Did you mean ${meant}?`,
    );
  });

  it('with a prefix of ours are reported even if none is similar', () => {
    expect(of('R2_REGION')).toEqual([
      'Unknown variable R2_REGION has no effect. "arke-tiff run --help" lists all variables.',
    ]);
  });

  it('never show their values', () => {
    expect(of('R2_SECRET_ACCES_KEY').join()).not.toContain('the value');
  });

  it('do not include ours', () => {
    expect(of(...knownVariables)).toEqual([]);
  });

  it('do not include other programs’', () => {
    const others = [
      ...[
        'PATH',
        'HOME',
        'TMPDIR',
        'DEBUG',
        'NO_COLOR',
        'FORCE_COLOR',
        'LOG_LEVEL',
        'NODE_OPTIONS',
      ],
      ...['FLY_APP_NAME', 'FLY_ALLOC_ID', 'FLY_MACHINE_VERSION', 'FLY_IMAGE_REF', 'FLY_REGION'],
      ...[
        'FLY_VM_MEMORY_MB',
        'MEMORY_LIMIT_IN_BYTES',
        'LOG',
        'BATCH',
        'FLY_PRIVATE_IP',
        'FLY_PROCESS_GROUP',
        'PRIMARY_REGION',
      ],
      ...[
        'GITHUB_RUN_ID',
        'INPUT_KEY',
        'CI_JOB_ID',
        'BUILD_ID',
        'SLURM_ARRAY_TASK_ID',
        'SESSION_ID',
      ],
      ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ACCOUNT_ID', 'npm_config_user_agent'],
      ...['S3_BUCKET', 'S3_ENDPOINT', 'B2_ACCOUNT_ID', 'CF_ACCOUNT_ID', 'GCS_BUCKET'],
      ...['CLOUDFLARE_ACCOUNT_ID', 'CLOUDFLARE_API_TOKEN', 'MACHINE_ID', 'HOSTNAME', '_'],
    ];
    expect(of(...others)).toEqual([]);
  });
});
