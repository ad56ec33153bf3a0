import type { Extensions } from '@tiptap/core';
import { Blockquote, BulletList, CodeBlock, Doc, Heading, HorizontalRule, ListItem, OrderedList, Paragraph, Text } from './blocks';
import { CivicRef, Code, Em, HardBreak, Image, Link, Strong } from './inline';
import { Table, TableCell, TableHeader, TableRow } from './tables';

/**
 * The `civic` schema, as CivicPress's own editor and server have it. Of two extensions that want the same key the later
 * one is asked first: a list inside a cell keeps its Enter and Tab.
 */
export const civicSchema: Extensions = [
  Doc,
  Text,
  Paragraph,
  Heading,
  Blockquote,
  CodeBlock,
  HorizontalRule,
  Table,
  TableRow,
  TableHeader,
  TableCell,
  BulletList,
  OrderedList,
  ListItem,
  HardBreak,
  Image,
  CivicRef,
  Link,
  Em,
  Strong,
  Code,
];
