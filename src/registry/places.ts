export { joinPlace, lastSegment, placeOf } from '../core/index.ts'
