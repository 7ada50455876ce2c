import { describeCells } from './describe-cells.ts';

describeCells(['HEAD', 'PUT']);
