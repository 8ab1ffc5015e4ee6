/** Loaded when a file turns out to be YAML. A wrapper, because the names of a CommonJS package are lost when it is imported lazily from a bundle. */
export { parseDocument } from 'yaml';
