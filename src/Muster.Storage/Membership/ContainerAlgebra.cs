using System.Runtime.InteropServices;

namespace Muster.Storage.Membership;

/// <summary>
/// Set operations on two containers of the same chunk. A result that equals an operand is that operand, so that unchanged containers can be
/// recognised and copied with their checksum. Null stands for the empty container.
/// </summary>
internal static class ContainerAlgebra
{
    /// <summary>Below this many values each is looked up in the other container instead of spreading that one over a bitmap.</summary>
    private const int FewValues = 64;

    public static Container? And(Container left, Container right)
    {
        if (ReferenceEquals(left, right)) return left;
        if (left.Kind != ContainerKind.Array && right.Kind == ContainerKind.Array) (left, right) = (right, left);
        if (left.Kind == ContainerKind.Array) return Filter(left, right.View, keep: true);
        Span<ulong> bits = stackalloc ulong[Bitmap.Words];
        bits.Clear();
        left.View.OrInto(bits);
        if (right.Kind == ContainerKind.Bitmap)
        {
            Bitmap.And(bits, right.Words);
        }
        else
        {
            Span<ulong> other = stackalloc ulong[Bitmap.Words];
            other.Clear();
            right.View.OrInto(other);
            Bitmap.And(bits, other);
        }
        return Known(bits, left, right);
    }

    public static Container? Or(Container left, Container right)
    {
        if (ReferenceEquals(left, right)) return left;
        Span<ulong> bits = stackalloc ulong[Bitmap.Words];
        bits.Clear();
        left.View.OrInto(bits);
        right.View.OrInto(bits);
        return Known(bits, left, right);
    }

    public static Container? AndNot(Container left, Container right)
    {
        if (ReferenceEquals(left, right)) return null;
        if (left.Kind == ContainerKind.Array) return Filter(left, right.View, keep: false);
        Span<ulong> bits = stackalloc ulong[Bitmap.Words];
        bits.Clear();
        left.View.OrInto(bits);
        if (right.Kind == ContainerKind.Array)
        {
            foreach (ushort value in right.View.Shorts) bits[value >> 6] &= ~(1UL << value);
        }
        else
        {
            Span<ulong> other = stackalloc ulong[Bitmap.Words];
            other.Clear();
            right.View.OrInto(other);
            Bitmap.AndNot(bits, other);
        }
        return Known(bits, left, left);
    }

    /// <summary>
    /// In each of the operations a result with as many values as an operand is that operand: an intersection is in both, a union holds
    /// both.
    /// </summary>
    private static Container? Known(ReadOnlySpan<ulong> bits, Container left, Container right)
    {
        int count = Bitmap.Count(bits);
        if (count == left.Count) return left;
        return count == right.Count ? right : Container.From(bits, count);
    }

    private static Container? Filter(Container values, ContainerView other, bool keep)
    {
        Span<ulong> bits = stackalloc ulong[Bitmap.Words];
        bits.Clear();
        bool spread = other.Kind != ContainerKind.Bitmap && values.Count > FewValues;
        if (spread) other.OrInto(bits);
        scoped ReadOnlySpan<ulong> lookup = other.Kind == ContainerKind.Bitmap ? other.Words : bits;

        Span<ushort> kept = stackalloc ushort[ContainerView.MostArrayValues];
        int count = 0;
        foreach (ushort value in values.View.Shorts)
        {
            bool found = spread || other.Kind == ContainerKind.Bitmap ? Bitmap.Contains(lookup, value) : other.Contains(value);
            if (found == keep) kept[count++] = value;
        }
        if (count == values.Count) return values;
        if (count == 0) return null;
        return FromSorted(kept[..count]);
    }

    private static Container FromSorted(ReadOnlySpan<ushort> values)
    {
        int runs = 1;
        for (int i = 1; i < values.Length; i++)
            if (values[i] != values[i - 1] + 1) runs++;
        if (Container.WordsOf(ContainerKind.Runs, runs) < Container.WordsOf(ContainerKind.Array, values.Length))
        {
            Span<ulong> bits = stackalloc ulong[Bitmap.Words];
            bits.Clear();
            foreach (ushort value in values) bits[value >> 6] |= 1UL << value;
            return Container.From(bits, values.Length)!;
        }
        ulong[] words = new ulong[Container.WordsOf(ContainerKind.Array, values.Length)];
        values.CopyTo(MemoryMarshal.Cast<ulong, ushort>(words.AsSpan()));
        return new Container(ContainerKind.Array, values.Length, values.Length, words);
    }
}
