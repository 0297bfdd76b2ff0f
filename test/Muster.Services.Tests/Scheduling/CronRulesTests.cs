using System.Globalization;
using CsCheck;
using Muster.Services.Scheduling;

namespace Muster.Services.Tests.Scheduling;

public class CronRulesTests
{
    /// <summary>A Tuesday.</summary>
    private static readonly DateTimeOffset From = new(2024, 2, 27, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0 0 1 * * ?", "2024-02-28T01:00:00 2024-02-29T01:00:00", ScheduleFrequency.Daily)]
    [InlineData("0 0 2 * * ?", "2024-02-28T02:00:00", ScheduleFrequency.Daily)]
    [InlineData("  0 0  12 * * ?  ", "2024-02-28T12:00:00", ScheduleFrequency.Daily)]
    [InlineData("0 0 12 * * ? *", "2024-02-28T12:00:00", ScheduleFrequency.Daily)]
    [InlineData("0 0 12 1/1 * ?", "2024-02-28T12:00:00", ScheduleFrequency.Daily)]
    [InlineData("30 15 13 ? * *", "2024-02-27T13:15:30 2024-02-28T13:15:30", ScheduleFrequency.Daily)]
    [InlineData("0 0 1 ? JAN-DEC SUN-SAT", "2024-02-28T01:00:00", ScheduleFrequency.Daily)]
    [InlineData("0 0 1 ? * 2", "2024-03-04T01:00:00 2024-03-11T01:00:00", ScheduleFrequency.Weekly)]
    [InlineData("0 0 1 ? * mon", "2024-03-04T01:00:00", ScheduleFrequency.Weekly)]
    [InlineData("0 0 1 ? * L", "2024-03-02T01:00:00 2024-03-09T01:00:00", ScheduleFrequency.Weekly)]
    [InlineData("0 0 1 ? * MON-FRI", "2024-02-28T01:00:00 2024-02-29T01:00:00 2024-03-01T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 ? * MON,THU", "2024-02-29T01:00:00 2024-03-04T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 ? * FRI-MON", "2024-03-01T01:00:00 2024-03-02T01:00:00 2024-03-03T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 ? 3 2", "2024-03-04T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 ? * 6L", "2024-03-29T01:00:00 2024-04-26T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 ? * friL", "2024-03-29T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 ? * 1#3", "2024-03-17T01:00:00 2024-04-21T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 ? * 7#5", "2024-03-30T01:00:00 2024-06-29T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 L * ?", "2024-02-29T01:00:00 2024-03-31T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 LW * ?", "2024-02-29T01:00:00 2024-03-29T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 L-3 * ?", "2024-03-28T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 18W * ?", "2024-03-18T01:00:00 2024-04-18T01:00:00 2024-05-17T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 1,15 * ?", "2024-03-01T01:00:00 2024-03-15T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 5/10 * ?", "2024-03-05T01:00:00 2024-03-15T01:00:00 2024-03-25T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 29 2 ?", "2024-02-29T01:00:00 2028-02-29T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 * jan ?", "2025-01-01T01:00:00 2025-01-02T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 * * ? 2025-2026", "2025-01-01T01:00:00", ScheduleFrequency.Other)]
    [InlineData("0 0 1 31 12 ? 2099", "2099-12-31T01:00:00", ScheduleFrequency.Other)]
    [InlineData("5-5 0,0 1 * * ?", "2024-02-28T01:00:05", ScheduleFrequency.Daily)]
    [InlineData("0 59/5 23/2 * * ?", "2024-02-27T23:59:00", ScheduleFrequency.Daily)]
    public void Check_AllowedExpression_GivesNextFiresAndFrequency(string expression, string fires, ScheduleFrequency frequency)
    {
        CronCheck check = CronRules.Check(expression, strict: true, From);
        Assert.True(check.Ok, check.Message);
        Assert.Null(check.Code);
        string[] expected = fires.Split(' ');
        Assert.Equal(expected, check.NextFires.Take(expected.Length).Select(Text));
        Assert.Equal(frequency, check.Frequency);
        Assert.InRange(check.NextFires.Count, 1, 5);
    }

    [Theory]
    [InlineData("", CronRules.FieldCount, "6 or 7")]
    [InlineData("0 0 1 * *", CronRules.FieldCount, "has 5")]
    [InlineData("0 1 * * ?", CronRules.FieldCount, "has 5")]
    [InlineData("@daily", CronRules.FieldCount, "has 1")]
    [InlineData("0 0 1 * * ? * *", CronRules.FieldCount, "has 8")]
    [InlineData("0 0 1 * * *", CronRules.DayFields, "Write '?' as the day of week")]
    [InlineData("0 0 1 * * MON", CronRules.DayFields, "Write '?' as the day of month")]
    [InlineData("0 0 1 15 * MON", CronRules.DayFields, "not by both")]
    [InlineData("0 0 1 ? * ?", CronRules.DayFields, "both '?'")]
    [InlineData("60 0 1 * * ?", CronRules.Field, "seconds")]
    [InlineData("0 60 1 * * ?", CronRules.Field, "minutes")]
    [InlineData("0 0 24 * * ?", CronRules.Field, "hours")]
    [InlineData("0 0 1 0 * ?", CronRules.Field, "day of month")]
    [InlineData("0 0 1 32 * ?", CronRules.Field, "day of month")]
    [InlineData("0 0 1 1#2 * ?", CronRules.Field, "day of month")]
    [InlineData("0 0 1 32W * ?", CronRules.Field, "day of month")]
    [InlineData("0 0 1 L-31 * ?", CronRules.Field, "day of month")]
    [InlineData("0 0 1 * 13 ?", CronRules.Field, "month")]
    [InlineData("0 0 1 * SUN ?", CronRules.Field, "month")]
    [InlineData("0 0 1 * ? *", CronRules.Field, "only known in the two day fields")]
    [InlineData("0 0 1 * L ?", CronRules.Field, "month")]
    [InlineData("0 0 1 ? * 0", CronRules.Field, "day of week")]
    [InlineData("0 0 1 ? * 8", CronRules.Field, "day of week")]
    [InlineData("0 0 1 ? * SUNDAY", CronRules.Field, "day of week")]
    [InlineData("0 0 1 ? * 1#6", CronRules.Field, "day of week")]
    [InlineData("0 0 1 ? * 18W", CronRules.Field, "day of week")]
    [InlineData("0 0 1 ? * MON,?", CronRules.Field, "stand alone")]
    [InlineData("0 0 1 * * ? 1969", CronRules.Field, "year")]
    [InlineData("0 0 1 * * ? 2100", CronRules.Field, "year")]
    [InlineData("0 0 1 * * ? 2030-2025", CronRules.Field, "year")]
    [InlineData("0 0 1 * * ? L", CronRules.Field, "year")]
    [InlineData("0 0 1, * * ?", CronRules.Field, "missing")]
    [InlineData("0 0 x * * ?", CronRules.Field, "'X'")]
    [InlineData("0 0 -1 * * ?", CronRules.Field, "hours")]
    [InlineData("0 0 +1 * * ?", CronRules.Field, "hours")]
    [InlineData("0 0 1/0 * * ?", CronRules.Field, "step")]
    [InlineData("0 0 0/24 * * ?", CronRules.Field, "step")]
    [InlineData("0 0 1/ * * ?", CronRules.Field, "step")]
    [InlineData("0 0 1-2-3 * * ?", CronRules.Field, "hours")]
    [InlineData("* 0 1 * * ?", CronRules.TooFrequent, "seconds")]
    [InlineData("0,30 0 1 * * ?", CronRules.TooFrequent, "seconds")]
    [InlineData("0 * 1 * * ?", CronRules.TooFrequent, "minutes")]
    [InlineData("0 0/5 14 * * ?", CronRules.TooFrequent, "minutes")]
    [InlineData("0 0-5 14 * * ?", CronRules.TooFrequent, "minutes")]
    [InlineData("0 10,44 14 ? 3 WED", CronRules.TooFrequent, "minutes")]
    [InlineData("0 0 * * * ?", CronRules.TooFrequent, "hours")]
    [InlineData("0 0 1,13 * * ?", CronRules.TooFrequent, "hours")]
    [InlineData("0 0 */12 * * ?", CronRules.TooFrequent, "hours")]
    [InlineData("0 0 23-0 1 * ?", CronRules.TooFrequent, "hours")]
    [InlineData("0 0 1 * * ? 2023", CronRules.NeverFires, "never")]
    [InlineData("0 0 1 30 2 ?", CronRules.NeverFires, "never")]
    [InlineData("0 0 1 31 4,6,9,11 ?", CronRules.NeverFires, "never")]
    public void Check_RefusedExpression_SaysWhyAndNamesTheField(string expression, string code, string part)
    {
        CronCheck check = CronRules.Check(expression, strict: true, From);
        Assert.False(check.Ok);
        Assert.Equal(code, check.Code);
        Assert.Contains(part, check.Message, StringComparison.Ordinal);
        Assert.Empty(check.NextFires);
    }

    [Theory]
    [InlineData("0 0/5 * * * ?", "2024-02-27T12:05:00 2024-02-27T12:10:00")]
    [InlineData("0 0 22-2/2 * * ?", "2024-02-27T22:00:00 2024-02-28T00:00:00 2024-02-28T02:00:00 2024-02-28T22:00:00")]
    public void Check_OftenAndNotStrict_IsAllowed(string expression, string fires)
    {
        CronCheck check = CronRules.Check(expression, strict: false, From);
        Assert.True(check.Ok, check.Message);
        string[] expected = fires.Split(' ');
        Assert.Equal(expected, check.NextFires.Take(expected.Length).Select(Text));
        Assert.Equal(ScheduleFrequency.Other, check.Frequency);
    }

    [Fact]
    public void Check_FromInAnotherZone_GivesUtc()
    {
        CronCheck check = CronRules.Check("0 0 1 * * ?", strict: true, new DateTimeOffset(2024, 2, 28, 2, 30, 0, TimeSpan.FromHours(2)));
        Assert.Equal("2024-02-28T01:00:00", Text(check.NextFires[0]));
        Assert.Equal(TimeSpan.Zero, check.NextFires[0].Offset);
    }

    [Fact]
    public void Check_RandomExpressions_NeverThrowsAndKeepsItsPromises()
    {
        Gen<string> item = Gen.OneOf(
            "*", "?", "0", "1", "7", "12", "23", "31", "59", "L", "LW", "15W", "6L", "2#5", "MON", "FRI-TUE", "JAN", "1-5", "22-2", "*/2",
            "L-3", "3/7", "2024/2", "W", "#", "/", "-", "1-", "99999999999", "1,L", "MON#1,TUE#2");
        Gen<string> second = Gen.OneOf("0", "5", "*/30"), minute = Gen.OneOf("0", "30", "0,1"), hour = Gen.OneOf(Gen.Const("1"), item);
        Gen.Select(second, minute, hour, item.Array[3, 4], Gen.Bool).Sample(
            (s, m, h, rest, strict) =>
            {
                CronCheck check = CronRules.Check($"{s} {m} {h} {string.Join(' ', rest)}", strict, From);
                Assert.Equal(check.Ok, check.Code is null);
                Assert.Equal(check.Ok, check.NextFires.Count > 0);
                for (int i = 1; i < check.NextFires.Count; i++)
                {
                    TimeSpan gap = check.NextFires[i] - check.NextFires[i - 1];
                    if (strict) Assert.True(gap >= TimeSpan.FromDays(1));
                    if (check.Frequency == ScheduleFrequency.Daily) Assert.Equal(TimeSpan.FromDays(1), gap);
                    if (check.Frequency == ScheduleFrequency.Weekly) Assert.Equal(TimeSpan.FromDays(7), gap);
                }
            },
            iter: 20_000);
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
}
