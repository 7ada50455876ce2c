import { describeCells } from './describe-cells.ts';

describeCells(['HEAD', 'PUT', 'PUT over an older JPEG']);
