using CsCheck;
using Muster.Pql.Binding;
using Muster.Pql.Time;

namespace Muster.Pql.Tests.Time;

public sealed class CalendarTests
{
    private static readonly Gen<TimeUnit> Units = Gen.Enum<TimeUnit>();
    private static readonly Gen<long> Instants = Gen.Long[-60_000_000_000_000, 200_000_000_000_000];

    [Theory]
    [InlineData("2031-05-31", -1, TimeUnit.Month, "2031-04-30")]
    [InlineData("2032-02-29T10:00:00Z", 1, TimeUnit.Year, "2033-02-28T10:00:00Z")]
    [InlineData("2031-01-31", 1, TimeUnit.Month, "2031-02-28")]
    [InlineData("2031-08-28", -1, TimeUnit.Week, "2031-08-21")]
    [InlineData("2031-08-28", 2, TimeUnit.Decade, "2051-08-28")]
    [InlineData("2031-12-31T23:59:59.999Z", 1, TimeUnit.Millisecond, "2032-01-01")]
    public void Shift_CalendarUnits_ClampToMonthEnd(string from, long count, TimeUnit unit, string expected) =>
        Assert.Equal(At(expected), Calendar.Shift(At(from), count, unit));

    [Theory]
    [InlineData(TimeUnit.Hour, "2031-08-28T12:00:00Z")]
    [InlineData(TimeUnit.Day, "2031-08-28")]
    [InlineData(TimeUnit.Week, "2031-08-25")]
    [InlineData(TimeUnit.Month, "2031-08-01")]
    [InlineData(TimeUnit.Year, "2031-01-01")]
    [InlineData(TimeUnit.Decade, "2030-01-01")]
    [InlineData(TimeUnit.Century, "2000-01-01")]
    [InlineData(TimeUnit.Millennium, "2000-01-01")]
    public void Floor_Instant_IsStartOfUnit(TimeUnit unit, string expected) => Assert.Equal(At(expected), Calendar.Floor(At("2031-08-28T12:34:56.789Z"), unit));

    [Fact]
    public void Floor_AnyInstant_HoldsIt() => Gen.Select(Instants, Units).Sample((instant, unit) =>
        Calendar.Floor(instant, unit) <= instant && instant < Calendar.Next(instant, unit) && Calendar.Floor(Calendar.Floor(instant, unit), unit) == Calendar.Floor(instant, unit));

    [Fact]
    public void Shift_AnyLong_NeverThrows() => Gen.Select(Gen.Long, Gen.Long, Units).Sample((instant, count, unit) =>
    {
        long moved = Calendar.Shift(instant, count, unit);
        Calendar.Floor(moved, unit);
        Assert.True(count > 0 ? moved >= instant || unit > TimeUnit.Week : count != 0 || moved == instant);
    });

    [Fact]
    public void FromDays_AnyDay_AgreesWithFramework() => Gen.Int[0, 3_652_058].Sample(days =>
    {
        var date = DateOnly.FromDayNumber(days);
        CivilDate civil = CivilDate.FromDays(days - 719_162);
        return civil == new CivilDate(date.Year, date.Month, date.Day) && civil.ToDays() == days - 719_162;
    });

    [Theory]
    [InlineData("2031-02-03T04:05:06+02:00", "2031-02-03T02:05:06Z")]
    [InlineData("2031-02-03T04:05:06", "2031-02-03T04:05:06Z")]
    [InlineData("2031-02-03", "2031-02-03T00:00:00Z")]
    [InlineData("2031-02-03T04:05:06.123456789Z", "2031-02-03T04:05:06.123Z")]
    [InlineData("2031-02-03T04:05:06.1-0330", "2031-02-03T07:35:06.1Z")]
    public void ParseTimestamp_Forms_AreInstants(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), IsoTime.ParseTimestamp(text));

    [Theory]
    [InlineData("")]
    [InlineData("2031")]
    [InlineData("2031-02-30")]
    [InlineData("2031-13-01")]
    [InlineData("2031-02-03T25:00:00Z")]
    [InlineData("2031-02-03T04:05:06.1234567890Z")]
    [InlineData("2031-02-03T04:05:06+")]
    [InlineData("2031-02-03T04:05:06Zx")]
    [InlineData("0000-01-01")]
    public void ParseTimestamp_Nonsense_IsNull(string text) => Assert.Null(IsoTime.ParseTimestamp(text));

    [Fact]
    public void ParseTimestamp_AnyText_NeverThrows() => Gen.String[Gen.Char["0123456789-:T.Z+ "], 0, 30].Sample(text => { IsoTime.ParseTimestamp(text); });

    internal static long At(string text) => IsoTime.ParseTimestamp(text)!.Value;
}
