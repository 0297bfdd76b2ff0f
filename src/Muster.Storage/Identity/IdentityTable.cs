using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Muster.Storage.Identity;

/// <summary>
/// Identities (namespace number, UTF-8 id) by ordinal, and back through an open hash table. Some 15 bytes an identity beside its id. Grows at the
/// end, or is cut back at the end; one thread writes. Readers may look up meanwhile: they find everything that was there before, and must
/// leave out ordinals that were not published to them.
/// </summary>
internal sealed class IdentityTable
{
    // An entry is namespace (2 bytes), length (2 bytes), id; it starts at a multiple of 4 and never crosses a page.
    private const int PageBytes = 1 << 22, UnitsPerPage = PageBytes / 4, HeaderBytes = 4;
    private const int EntryPageBits = 16, EntryPageMask = (1 << EntryPageBits) - 1;

    private byte[][] _pages = [];
    private int _pageCount, _used = PageBytes;
    private int[][] _entries = new int[4][];
    private int[] _slots = new int[4096];

    /// <summary>The number of identities; ordinals run from 0.</summary>
    public int Count { get; private set; }

    /// <summary>The namespace's number.</summary>
    public int Namespace(int ordinal) => MemoryMarshal.Read<ushort>(Entry(ordinal));

    /// <summary>The UTF-8 bytes of the id; none if it was erased.</summary>
    public ReadOnlySpan<byte> Id(int ordinal)
    {
        ReadOnlySpan<byte> entry = Entry(ordinal);
        return entry.Slice(HeaderBytes, MemoryMarshal.Read<ushort>(entry[2..]));
    }

    /// <summary>The ordinal, or -1.</summary>
    /// <param name="nameSpace">The namespace's number.</param>
    /// <param name="id">Not empty.</param>
    /// <param name="leftOut">Ordinals that are not to be found.</param>
    public int Find(int nameSpace, ReadOnlySpan<byte> id, IReadOnlySet<int>? leftOut = null)
    {
        if (id.IsEmpty) return -1;
        int[] slots = Volatile.Read(ref _slots);
        for (int slot = (int)Hash(nameSpace, id) & (slots.Length - 1); ; slot = (slot + 1) & (slots.Length - 1))
        {
            int ordinal = Volatile.Read(ref slots[slot]) - 1;
            if (ordinal < 0) return -1;
            ReadOnlySpan<byte> entry = Entry(ordinal);
            if (MemoryMarshal.Read<uint>(entry) == Header(nameSpace, id.Length) && entry.Slice(HeaderBytes, id.Length).SequenceEqual(id)
                && leftOut?.Contains(ordinal) != true)
                return ordinal;
        }
    }

    /// <summary>The ordinal, new when it was not there, or there among those left out.</summary>
    public int GetOrAdd(int nameSpace, ReadOnlySpan<byte> id, IReadOnlySet<int>? leftOut = null)
    {
        int ordinal = Find(nameSpace, id, leftOut);
        return ordinal >= 0 ? ordinal : Add(nameSpace, id);
    }

    /// <summary>Adds an identity that is not there. An empty id is that of an erased one, which nothing finds.</summary>
    public int Add(int nameSpace, ReadOnlySpan<byte> id)
    {
        int ordinal = Count, page = ordinal >> EntryPageBits;
        if (page == _entries.Length) Array.Resize(ref _entries, page * 2);
        (_entries[page] ??= new int[1 << EntryPageBits])[ordinal & EntryPageMask] = Store(nameSpace, id);
        Count++;
        if (Count > _slots.Length / 8 * 5) Rehash(_slots.Length * 2);
        else Place(_slots, ordinal);
        return ordinal;
    }

    /// <summary>
    /// Overwrites the id of an identity: nothing finds it any more. Its slot stays taken, for others were placed behind it. Excludes readers.
    /// </summary>
    public void Erase(int ordinal)
    {
        int unit = _entries[ordinal >> EntryPageBits][ordinal & EntryPageMask];
        Span<byte> entry = _pages[unit / UnitsPerPage].AsSpan(unit % UnitsPerPage * 4);
        entry.Slice(HeaderBytes, MemoryMarshal.Read<ushort>(entry[2..])).Clear();
        MemoryMarshal.Write(entry[2..], (ushort)0);
    }

    /// <summary>Forgets the identities from <paramref name="count"/> on. Their bytes stay until the end.</summary>
    public void Truncate(int count)
    {
        // Nothing was placed after the last one, so no other probe passes its slot: taking them out backwards leaves a sound table.
        while (Count > count)
        {
            int last = Count - 1, slot = (int)Hash(Namespace(last), Id(last)) & (_slots.Length - 1);
            while (_slots[slot] != last + 1) slot = (slot + 1) & (_slots.Length - 1);
            _slots[slot] = 0;
            Count--;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Entry(int ordinal)
    {
        int unit = Volatile.Read(ref _entries)[ordinal >> EntryPageBits][ordinal & EntryPageMask];
        return Volatile.Read(ref _pages)[unit / UnitsPerPage].AsSpan(unit % UnitsPerPage * 4);
    }

    private static uint Header(int nameSpace, int length) => (uint)nameSpace | ((uint)length << 16);

    private int Store(int nameSpace, ReadOnlySpan<byte> id)
    {
        int size = (HeaderBytes + id.Length + 3) & ~3;
        if (_used + size > PageBytes)
        {
            if (_pageCount == _pages.Length) Array.Resize(ref _pages, Math.Max(4, _pageCount * 2));
            _pages[_pageCount++] = new byte[PageBytes];
            _used = 0;
        }
        Span<byte> entry = _pages[_pageCount - 1].AsSpan(_used, size);
        MemoryMarshal.Write(entry, checked((ushort)nameSpace));
        MemoryMarshal.Write(entry[2..], checked((ushort)id.Length));
        id.CopyTo(entry[HeaderBytes..]);
        int unit = checked(((_pageCount - 1) * UnitsPerPage) + (_used / 4));
        _used += size;
        return unit;
    }

    private void Rehash(int size)
    {
        int[] slots = new int[size];
        for (int ordinal = 0; ordinal < Count; ordinal++) Place(slots, ordinal);
        Volatile.Write(ref _slots, slots);
    }

    private void Place(int[] slots, int ordinal)
    {
        ReadOnlySpan<byte> id = Id(ordinal);
        if (id.IsEmpty) return;
        int slot = (int)Hash(Namespace(ordinal), id) & (slots.Length - 1);
        while (slots[slot] != 0) slot = (slot + 1) & (slots.Length - 1);
        Volatile.Write(ref slots[slot], ordinal + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(int nameSpace, ReadOnlySpan<byte> id)
    {
        unchecked
        {
            ulong hash = ((ulong)nameSpace * 0x9E3779B97F4A7C15) + (ulong)id.Length;
            if (id.Length >= 8)
            {
                // The last eight bytes may overlap those before: their number is part of the hash.
                ulong last = MemoryMarshal.Read<ulong>(id[^8..]);
                for (; id.Length > 8; id = id[8..]) hash = Mix(hash ^ MemoryMarshal.Read<ulong>(id));
                return (uint)(Mix(hash ^ last) >> 16) & int.MaxValue;
            }
            ulong tail = 0;
            foreach (byte b in id) tail = (tail << 8) | b;
            return (uint)(Mix(hash ^ tail) >> 16) & int.MaxValue;
        }
    }

    private static ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value, 0xD6E8FEB86659FD93, out ulong low);
        return high ^ low;
    }
}
