using CsCheck;
using Muster.Storage.Membership;

namespace Muster.Storage.Tests.Membership;

public class OrdinalSetTests
{
    [Fact]
    public void Enumerate_RandomMembers_GivesThemAscendingOnce() =>
        OrdinalSets.Model.Sample(
            model =>
            {
                OrdinalSet set = model.Reverse().ToSet();
                Assert.Equal(model.Count, set.Count);
                Assert.True(model.Order().SequenceEqual(set));
            },
            iter: 150);

    [Fact]
    public void Algebra_RandomSets_AgreesWithHashSets() =>
        Gen.Select(OrdinalSets.Model, OrdinalSets.Model).Sample(
            (left, right) =>
            {
                OrdinalSet a = left.ToSet(), b = right.ToSet();
                Assert.True(left.Intersect(right).Order().SequenceEqual(a.And(b)));
                Assert.True(left.Union(right).Order().SequenceEqual(a.Or(b)));
                Assert.True(left.Except(right).Order().SequenceEqual(a.AndNot(b)));
            },
            iter: 200);

    [Fact]
    public void Algebra_AnyWayToTheSameMembers_GivesEqualSets() =>
        Gen.Select(OrdinalSets.Model, OrdinalSets.Model).Sample(
            (left, right) =>
            {
                OrdinalSet a = left.ToSet(), b = right.ToSet();
                OrdinalSet parts = a.AndNot(b).Or(b.AndNot(a)).Or(a.And(b));
                Assert.True(parts.Equals(a.Or(b)));
                Assert.True(parts.Equals(left.Union(right).ToSet()));
                Assert.Equal(parts.GetHashCode(), a.Or(b).GetHashCode());
                Assert.Equal(left.SetEquals(right), a.Equals(b));
            },
            iter: 150);

    [Fact]
    public void Algebra_NothingChanges_GivesTheOperandItself()
    {
        OrdinalSet set = Enumerable.Range(0, 100_000).Select(i => 3L * i).ToSet(), part = OrdinalSet.Of(3, 9, 150_000);
        Assert.Same(set, set.Or(part));
        Assert.Same(set, set.AndNot(OrdinalSet.Of(1, 400_000)));
        Assert.Same(part, set.And(part));
        Assert.Same(OrdinalSet.Empty, part.AndNot(set));
    }

    [Fact]
    public void Contains_RandomOrdinals_AgreesWithHashSet() =>
        Gen.Select(OrdinalSets.Model, Gen.Long[-70_000, 400_000].List[0, 50]).Sample(
            (model, asked) =>
            {
                OrdinalSet set = model.ToSet();
                foreach (long ordinal in asked.Concat(model.Take(100)).SelectMany(o => new[] { o - 1, o, o + 1 }))
                    Assert.Equal(model.Contains(ordinal), set.Contains(ordinal));
            },
            iter: 150);

    [Fact]
    public void Serialize_RandomSet_ReadsBackEqual() =>
        OrdinalSets.Model.Sample(
            model =>
            {
                OrdinalSet set = model.ToSet();
                byte[] bytes = new byte[set.SerializedLength];
                Assert.Equal(bytes.Length, set.Serialize(bytes));
                Assert.Equal(0, bytes.Length % 8);
                Assert.True(set.Equals(OrdinalSet.Deserialize(bytes)));
            },
            iter: 150);

    [Fact]
    public void Deserialize_AnyByteFlippedOrCutOff_IsRefused()
    {
        OrdinalSet set = OrdinalSet.Of(Enumerable.Range(10, 300).Select(i => (long)i).Concat([70_000, 70_002, 70_009, 5_000_000_000]));
        byte[] bytes = new byte[set.SerializedLength];
        set.Serialize(bytes);
        for (int i = 0; i < bytes.Length; i++)
        {
            foreach (byte flip in (byte[])[1, 16, 128, 255])
            {
                byte[] damaged = [.. bytes];
                damaged[i] ^= flip;
                Assert.Throws<InvalidDataException>(() => OrdinalSet.Deserialize(damaged));
            }
            Assert.Throws<InvalidDataException>(() => OrdinalSet.Deserialize(bytes.AsSpan(0, i)));
        }
    }

    [Theory]
    [InlineData(0, 65_536, 32)]
    [InlineData(5, 1, 32)]
    [InlineData(0, 4_000, 4_000 * 4 + 40)]
    public void SerializedLength_RunsAndSpreadMembers_IsThatOfTheSmallestForm(int first, int count, int most)
    {
        OrdinalSet set = Enumerable.Range(first, count).Select(i => (long)i * (count == 4_000 ? 2 : 1)).ToSet();
        Assert.InRange(set.SerializedLength, 40, Math.Max(48, most));
    }

    [Fact]
    public void Of_LargeOrdinals_KeepsThem()
    {
        long[] ordinals = [0, ushort.MaxValue, 1L << 16, 1L << 40, long.MaxValue - 1, long.MaxValue];
        Assert.Equal(ordinals, OrdinalSet.Of(ordinals));
        Assert.Throws<ArgumentOutOfRangeException>(() => OrdinalSet.Of(-1));
    }
}
