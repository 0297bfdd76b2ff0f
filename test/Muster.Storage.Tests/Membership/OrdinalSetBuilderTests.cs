using CsCheck;
using Muster.Storage.Membership;

namespace Muster.Storage.Tests.Membership;

public class OrdinalSetBuilderTests
{
    /// <summary>Rows of a block: mostly neighbours, with gaps now and then.</summary>
    private static readonly Gen<(long[] Ordinals, ulong[] Bits)> Block = Gen.Select(
        Gen.Long[0, 300_000], Gen.Int[0, 700], Gen.OneOf(0, 2, 40, 100), Gen.Int[0, 1_000_000],
        (first, rows, gaps, seed) =>
        {
            Random random = new(seed);
            long[] ordinals = new long[rows];
            for (int row = 0; row < rows; row++, first++)
                ordinals[row] = first += random.Next(100) < gaps ? random.Next(1, gaps == 100 ? 5_000 : 5) : 0;
            ulong[] bits = new ulong[(rows + 63) / 64 + 1];
            for (int w = 0; w < bits.Length; w++) bits[w] = (ulong)random.NextInt64() << 1 | (uint)random.Next(2);
            return (ordinals, bits);
        });

    [Fact]
    public void Add_BlocksInAnyOrder_GivesTheRowsWhoseBitIsSet() =>
        Block.List[0, 6].Sample(
            blocks =>
            {
                OrdinalSetBuilder builder = new();
                HashSet<long> model = [];
                foreach ((long[] ordinals, ulong[] bits) in blocks)
                {
                    builder.Add(ordinals, bits);
                    model.UnionWith(ordinals.Where((_, row) => IsSet(bits, row)));
                }
                Assert.Equal(model.Order(), builder.Build());
            },
            iter: 400);

    [Fact]
    public void Fill_RandomRows_SetsTheBitsOfMembersAndNoOther() =>
        Gen.Select(OrdinalSets.Model, Block).Sample(
            (model, block) =>
            {
                ulong[] bits = [.. block.Bits];
                model.ToSet().Fill(block.Ordinals, bits);
                for (int row = 0; row < bits.Length * 64; row++)
                {
                    bool member = row < block.Ordinals.Length && model.Contains(block.Ordinals[row]);
                    Assert.Equal(member || IsSet(block.Bits, row), IsSet(bits, row));
                }
            },
            iter: 200);

    [Fact]
    public void Build_ThenMoreIsAdded_GivesBoth()
    {
        OrdinalSetBuilder builder = new();
        builder.Add([1, 2, 3], [0b101]);
        OrdinalSet first = builder.Build();
        builder.Add([2, 70_000], [0b11]);
        Assert.Equal([1, 3], first);
        Assert.Equal([1, 2, 3, 70_000], builder.Build());
    }

    [Fact]
    public void Add_TooFewBits_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new OrdinalSetBuilder().Add(new long[65], new ulong[1]));

    private static bool IsSet(ulong[] bits, int row) => (bits[row >> 6] & (1UL << row)) != 0;
}
