namespace Muster.Pql.Patterns;

/// <summary>
/// Finds patterns that no automaton can, by trying. Steps are counted and limited, so the answer for a text depends on nothing but the
/// text.
/// One search; not thread-safe.
/// </summary>
internal sealed class BacktrackingMatcher(PatternProgram program, string text)
{
    // A step is far below a microsecond: a search ends within milliseconds.
    private const long FreeSteps = 200_000;
    private const long StepsPerCharacter = 100;

    private readonly long _limit = FreeSteps + StepsPerCharacter * text.Length;
    private readonly int[] _slots = new int[program.Slots];

    // Places to go back to (Step at or above 0) and slots to restore (Step below 0, for slot ~Step) on the way.
    private readonly List<(int Step, int Value)> _trail = [];
    private long _steps;

    /// <summary>True if the search was given up: it counts as not found.</summary>
    public bool WasCutOff => _steps > _limit;

    /// <summary>The first match from a position on: the slots of its groups; null if there is none.</summary>
    public int[]? Find(int from)
    {
        for (int start = from; start <= text.Length && !WasCutOff; start++)
        {
            Array.Fill(_slots, -1);
            _trail.Clear();
            int position = start;
            if (!Run(0, ref position, mustEnd: -1)) continue;
            (_slots[0], _slots[1]) = (start, position);
            return _slots[..(2 * (program.Groups + 1))];
        }
        return null;
    }

    /// <summary>Runs up to Accept; with mustEnd only an end there counts. What can be tried again is left on the trail.</summary>
    private bool Run(int step, ref int position, int mustEnd)
    {
        int bottom = _trail.Count;
        while (true)
        {
            if (++_steps > _limit) return false;
            PatternInstruction instruction = program.Code[step];
            bool goesOn = true;
            switch (instruction.Step)
            {
                case PatternStep.Take:
                    goesOn = position < text.Length && instruction.Set!.Contains(text[position]);
                    position++;
                    step++;
                    break;
                case PatternStep.Try:
                    _trail.Add((instruction.Second, position));
                    step = instruction.First;
                    break;
                case PatternStep.Jump: step = instruction.First; break;
                case PatternStep.Note:
                    _trail.Add((~instruction.First, _slots[instruction.First]));
                    _slots[instruction.First] = position;
                    step++;
                    break;
                case PatternStep.SkipIfEmpty: step = _slots[instruction.First] == position ? instruction.Second : step + 1; break;
                case PatternStep.Stand:
                    goesOn = PatternPlaces.IsAt(instruction.Anchor, text, position);
                    step++;
                    break;
                case PatternStep.Repeat:
                    goesOn = TakeAgain(instruction.First, instruction.Second == 1, ref position);
                    step++;
                    break;
                case PatternStep.Atomic:
                    goesOn = RunOnce(step + 1, ref position, -1);
                    step = instruction.First;
                    break;
                case PatternStep.Look:
                    goesOn = LooksRight(instruction, step + 1, position);
                    step = instruction.First;
                    break;
                default:
                    if (mustEnd < 0 || position == mustEnd) return true;
                    goesOn = false;
                    break;
            }
            if (!goesOn && !GoBack(bottom, ref step, ref position)) return false;
        }
    }

    private bool GoBack(int bottom, ref int step, ref int position)
    {
        while (_trail.Count > bottom)
        {
            (int place, int value) = _trail[^1];
            _trail.RemoveAt(_trail.Count - 1);
            if (place >= 0)
            {
                (step, position) = (place, value);
                return true;
            }
            _slots[~place] = value;
        }
        return false;
    }

    /// <summary>Runs a part and forgets what else could be tried in it; what it noted is still undone when going back further.</summary>
    private bool RunOnce(int step, ref int position, int mustEnd)
    {
        int bottom = _trail.Count;
        if (!Run(step, ref position, mustEnd)) return false;
        int kept = bottom;
        for (int i = bottom; i < _trail.Count; i++)
            if (_trail[i].Step < 0) _trail[kept++] = _trail[i];
        _trail.RemoveRange(kept, _trail.Count - kept);
        return true;
    }

    private bool LooksRight(PatternInstruction instruction, int step, int position)
    {
        LookPattern look = instruction.Look!;
        int bottom = _trail.Count;
        bool found = false;
        for (int start = position; start >= Math.Max(0, position - instruction.Reach) && !found && !WasCutOff; start--)
        {
            int end = start;
            found = RunOnce(step, ref end, look.IsBehind ? position : -1);
        }
        if (!look.IsNegative) return found;
        int ignored = 0;
        if (found) GoBack(bottom, ref ignored, ref ignored);
        return !found && !WasCutOff;
    }

    private bool TakeAgain(int group, bool ignoreCase, ref int position)
    {
        int start = _slots[2 * group], end = _slots[2 * group + 1];
        if (start < 0 || end < start || position + (end - start) > text.Length) return false;
        ReadOnlySpan<char> again = text.AsSpan(start, end - start);
        _steps += again.Length;
        StringComparison comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (!again.Equals(text.AsSpan(position, again.Length), comparison)) return false;
        position += again.Length;
        return true;
    }
}
