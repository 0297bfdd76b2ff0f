using Muster.Storage.Membership;

namespace Muster.Storage.Tests.Membership;

public class MembershipFileTests
{
    private static readonly long[] Asked = [1, 5, 9, 69_999, 70_001, 1L << 40];

    /// <summary>Each asked alone, because a question checks only what it reads.</summary>
    public static TheoryData<string> Questions => ["selections", "profiles", "fills"];

    [Theory]
    [MemberData(nameof(Questions))]
    public void Read_AnyByteFlipped_IsRefusedOrHarmless(string question)
    {
        using TemporaryFolder folder = new();
        byte[] bytes = WriteSmall(folder);
        string path = folder.File("damaged");
        string expected = Answer(folder.File("good"), question);
        int refused = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= (byte)(1 << (i % 8));
            File.WriteAllBytes(path, bytes);
            bytes[i] ^= (byte)(1 << (i % 8));
            try
            {
                Assert.Equal(expected, Answer(path, question));
            }
            catch (MembershipFileException e)
            {
                Assert.Equal(path, e.Path);
                refused++;
            }
        }
        Assert.InRange(refused, bytes.Length / 2, bytes.Length);
    }

    [Fact]
    public void Open_CutOffAnywhere_IsRefused()
    {
        using TemporaryFolder folder = new();
        byte[] bytes = WriteSmall(folder);
        for (int length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(folder.File("short"), bytes.AsSpan(0, length));
            Assert.Throws<MembershipFileException>(() => MembershipFile.Open(folder.File("short")));
        }
        File.WriteAllBytes(folder.File("long"), [.. bytes, 0]);
        Assert.Throws<MembershipFileException>(() => MembershipFile.Open(folder.File("long")));
    }

    [Fact]
    public void Open_ForeignFile_SaysSo()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("foreign"), new string('x', 5_000));
        MembershipFileException e = Assert.Throws<MembershipFileException>(() => MembershipFile.Open(folder.File("foreign")));
        Assert.Contains("another kind", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoFile_IsTheUsualException()
    {
        using TemporaryFolder folder = new();
        Assert.Throws<FileNotFoundException>(() => MembershipFile.Open(folder.File("none")));
    }

    [Fact]
    public void OfProfile_Disposed_Throws()
    {
        using TemporaryFolder folder = new();
        WriteSmall(folder);
        MembershipFile file = MembershipFile.Open(folder.File("good"));
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.OfProfile(1));
    }

    [Fact]
    public void Questions_ManyThreads_GetTheSameAnswers()
    {
        using TemporaryFolder folder = new();
        WriteSmall(folder);
        using MembershipFile file = MembershipFile.Open(folder.File("good"));
        foreach (string question in new[] { "selections", "profiles", "fills" })
        {
            string expected = Answer(folder.File("good"), question);
            Parallel.For(0, 64, _ => Assert.Equal(expected, Answer(file, question)));
        }
    }

    [Fact]
    public void Fill_UnknownSegment_ClearsTheBits()
    {
        using TemporaryFolder folder = new();
        WriteSmall(folder);
        using MembershipFile file = MembershipFile.Open(folder.File("good"));
        ulong[] bits = [ulong.MaxValue];
        file.Fill("unknown", [1, 2, 3], bits);
        Assert.Equal(0UL, bits[0]);
        Assert.True(file.Members("unknown").IsEmpty);
        Assert.Empty(file.OfProfile(-1));
    }

    /// <summary>Two jobs, all kinds of containers and statuses.</summary>
    private static byte[] WriteSmall(TemporaryFolder folder)
    {
        new MembershipUpdate
        {
            Space = "pdg",
            Time = 1_000,
            Evaluated = new Dictionary<string, OrdinalSet>
            {
                ["runs"] = Enumerable.Range(0, 70_000).Select(i => (long)i).ToSet(),
                ["few"] = OrdinalSet.Of(1, 5, 70_001),
                ["none"] = OrdinalSet.Empty,
            },
        }.Write(folder.File("first"));
        using MembershipFile first = MembershipFile.Open(folder.File("first"));
        new MembershipUpdate
        {
            Space = "pdg",
            Time = 2_000,
            Previous = first,
            Evaluated = new Dictionary<string, OrdinalSet> { ["few"] = OrdinalSet.Of(5, 9, 1L << 40) },
        }.Write(folder.File("good"));
        return File.ReadAllBytes(folder.File("good"));
    }

    private static string Answer(string path, string question)
    {
        using MembershipFile file = MembershipFile.Open(path);
        return Answer(file, question);
    }

    private static string Answer(MembershipFile file, string question) => $"{file.Space}@{file.Time} " + string.Join(";", question switch
    {
        "selections" => file.Segments.Select(segment => $"{segment.Id}@{segment.LastEvaluation}:{segment.Count(MembershipStatus.Member)}"
            + $"/{file.Members(segment.Id).Sum()}/{string.Join(",", file.Select(segment.Id, MembershipStatus.Exited))}"),
        "profiles" => Asked.Select(ordinal => string.Join(",", file.OfProfile(ordinal))),
        _ => file.Segments.Select(segment =>
        {
            ulong[] bits = new ulong[1];
            file.Fill(segment.Id, Asked, bits);
            return $"{segment.Id}:{bits[0]:b}";
        }),
    });
}
