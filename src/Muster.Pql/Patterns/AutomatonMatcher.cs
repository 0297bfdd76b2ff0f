namespace Muster.Pql.Patterns;

/// <summary>
/// Finds where regular patterns match, and their groups, by following all ways at once: at most (length of the text) x (length of the
/// program) steps. Ways are kept in the order in which they would be tried, so the match is the one that trying finds. .NET's automaton
/// only
/// says whether there is a match: with optional beginnings its places are not those of the first match. One search; not thread-safe.
/// </summary>
internal sealed class AutomatonMatcher(PatternProgram program, string text)
{
    // The position after which an instruction was reached last: each is followed once a position.
    private readonly int[] _reached = new int[program.Code.Count];
    private readonly Stack<(int Step, int[] Slots)> _open = [];
    private List<(int Step, int[] Slots)> _now = [];
    private List<(int Step, int[] Slots)> _next = [];

    /// <summary>The first match from a position on: the slots of its groups; null if there is none.</summary>
    public int[]? Find(int from)
    {
        Array.Fill(_reached, -1);
        int[]? found = null;
        for (int position = from; position <= text.Length; position++)
        {
            if (found is null)
            {
                int[] slots = new int[program.Slots];
                Array.Fill(slots, -1);
                slots[0] = position;
                Follow(_now, 0, slots, position);
            }
            if (_now.Count == 0 && found is not null) break;
            _next.Clear();
            foreach ((int step, int[] slots) in _now)
            {
                PatternInstruction instruction = program.Code[step];
                if (instruction.Step == PatternStep.Accept)
                {
                    // Ways that come later in the order have no say any more.
                    found = slots[..(2 * (program.Groups + 1))];
                    found[1] = position;
                    break;
                }
                if (position < text.Length && instruction.Set!.Contains(text[position])) Follow(_next, step + 1, slots, position + 1);
            }
            (_now, _next) = (_next, _now);
        }
        return found;
    }

    /// <summary>Adds all ways that lead from an instruction to one that takes a character, or to the end.</summary>
    private void Follow(List<(int, int[])> ways, int start, int[] startSlots, int position)
    {
        _open.Push((start, startSlots));
        while (_open.TryPop(out (int Step, int[] Slots) way))
        {
            (int step, int[] slots) = way;
            if (_reached[step] == position) continue;
            _reached[step] = position;
            PatternInstruction instruction = program.Code[step];
            switch (instruction.Step)
            {
                case PatternStep.Try:
                    _open.Push((instruction.Second, slots));
                    _open.Push((instruction.First, slots));
                    break;
                case PatternStep.Jump: _open.Push((instruction.First, slots)); break;
                case PatternStep.Note:
                    int[] noted = [.. slots];
                    noted[instruction.First] = position;
                    _open.Push((step + 1, noted));
                    break;
                case PatternStep.SkipIfEmpty:
                    _open.Push((slots[instruction.First] == position ? instruction.Second : step + 1, slots));
                    break;
                case PatternStep.Stand:
                    if (PatternPlaces.IsAt(instruction.Anchor, text, position)) _open.Push((step + 1, slots));
                    break;
                default: ways.Add(way); break;
            }
        }
    }
}
