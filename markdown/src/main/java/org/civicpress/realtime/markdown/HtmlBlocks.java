package org.civicpress.realtime.markdown;

import org.commonmark.internal.HtmlBlockParser;
import org.commonmark.parser.block.AbstractBlockParserFactory;
import org.commonmark.parser.block.BlockStart;
import org.commonmark.parser.block.MatchedBlockParser;
import org.commonmark.parser.block.ParserState;

/// HTML blocks as in CommonMark, except that a civic reference at the start of a line of prose is prose. CommonMark
/// has it that any comment at the start of a line, even in the middle of a wrapped paragraph, is HTML together with
/// the rest of that line.
final class HtmlBlocks extends AbstractBlockParserFactory {
    private static final int CODE_INDENT = 4;

    private final HtmlBlockParser.Factory html = new HtmlBlockParser.Factory();

    @Override
    public BlockStart tryStart(ParserState state, MatchedBlockParser matched) {
        CharSequence line = state.getLine().getContent();
        int begin = state.getNextNonSpaceIndex();
        if (begin >= line.length() || line.charAt(begin) != '<' || state.getIndent() >= CODE_INDENT) {
            return BlockStart.none();
        }
        String rest = line.subSequence(begin, line.length()).toString();
        int end = CivicComment.leading(rest);
        boolean prose = end > 0
                && (!rest.substring(end).isBlank()
                        || !matched.getParagraphLines().isEmpty());
        return prose ? BlockStart.none() : html.tryStart(state, matched);
    }
}
