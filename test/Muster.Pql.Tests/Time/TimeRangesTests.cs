using CsCheck;
using Muster.Pql.Binding;
using Muster.Pql.Time;

namespace Muster.Pql.Tests.Time;

public sealed class TimeRangesTests
{
    private static readonly TimeInterval Instant = TimeInterval.At(CalendarTests.At("2031-08-28T12:00:00Z"));
    private static readonly TimeInterval Day = TimeInterval.OfDay(Calendar.DayOf(Instant.Start));

    [Theory]
    [InlineData(TimeRelation.On, "2031-08-28T12:00:00Z", true, true)]
    [InlineData(TimeRelation.On, "2031-08-28T12:00:00.001Z", false, true)]
    [InlineData(TimeRelation.On, "2031-08-29T00:00:00Z", false, false)]
    [InlineData(TimeRelation.Before, "2031-08-28T11:59:59.999Z", true, false)]
    [InlineData(TimeRelation.Before, "2031-08-27T23:59:59.999Z", true, true)]
    [InlineData(TimeRelation.After, "2031-08-28T12:00:00.001Z", true, false)]
    [InlineData(TimeRelation.After, "2031-08-29T00:00:00Z", true, true)]
    [InlineData(TimeRelation.After, "2031-08-28T12:00:00Z", false, false)]
    public void Of_WithoutDistance_FollowsTheReference(TimeRelation relation, string text, bool ofInstant, bool ofDay)
    {
        Assert.Equal(ofInstant, TimeRanges.Of(relation, Instant).Contains(CalendarTests.At(text)));
        Assert.Equal(ofDay, TimeRanges.Of(relation, Day).Contains(CalendarTests.At(text)));
    }

    [Theory]
    [InlineData(TimeRelation.Before, ComparisonOperator.Less, "2031-08-26T12:00:00Z", false)]
    [InlineData(TimeRelation.Before, ComparisonOperator.LessOrEqual, "2031-08-26T12:00:00Z", true)]
    [InlineData(TimeRelation.Before, ComparisonOperator.LessOrEqual, "2031-08-28T12:00:00Z", false)]
    [InlineData(TimeRelation.Before, ComparisonOperator.Greater, "2031-08-26T12:00:00Z", false)]
    [InlineData(TimeRelation.Before, ComparisonOperator.GreaterOrEqual, "2031-08-26T12:00:00Z", true)]
    [InlineData(TimeRelation.After, ComparisonOperator.Less, "2031-08-28T12:00:00Z", false)]
    [InlineData(TimeRelation.After, ComparisonOperator.Less, "2031-08-30T12:00:00Z", false)]
    [InlineData(TimeRelation.After, ComparisonOperator.LessOrEqual, "2031-08-30T12:00:00Z", true)]
    [InlineData(TimeRelation.After, ComparisonOperator.Greater, "2031-08-30T12:00:00Z", false)]
    [InlineData(TimeRelation.After, ComparisonOperator.GreaterOrEqual, "2031-08-30T12:00:00Z", true)]
    [InlineData(TimeRelation.From, ComparisonOperator.LessOrEqual, "2031-08-28T12:00:00Z", true)]
    [InlineData(TimeRelation.From, ComparisonOperator.Less, "2031-08-30T12:00:00Z", false)]
    [InlineData(TimeRelation.From, ComparisonOperator.GreaterOrEqual, "2031-08-26T12:00:00Z", true)]
    [InlineData(TimeRelation.Before, ComparisonOperator.Equal, "2031-08-26T23:59:59.999Z", true)]
    [InlineData(TimeRelation.Before, ComparisonOperator.NotEqual, "2031-08-26T00:00:00Z", false)]
    [InlineData(TimeRelation.From, ComparisonOperator.Equal, "2031-08-30T00:00:00Z", true)]
    public void Of_TwoDays_HasEndsAsStated(TimeRelation relation, ComparisonOperator comparison, string text, bool expected) =>
        Assert.Equal(expected, TimeRanges.Of(relation, comparison, 2, TimeUnit.Day, Instant).Contains(CalendarTests.At(text)));

    [Fact]
    public void Of_MonthBeforeToday_StartsAtTheSameDayOfLastMonth()
    {
        TimeRanges ranges = TimeRanges.Of(TimeRelation.Before, ComparisonOperator.LessOrEqual, 1, TimeUnit.Month, Day);
        Assert.Equal(new TimeRange(CalendarTests.At("2031-07-28"), CalendarTests.At("2031-08-28") - 1), ranges.A);
    }

    [Fact]
    public void Of_Between_IncludesBothEndDays()
    {
        TimeInterval last = TimeInterval.OfDay(Calendar.DayOf(CalendarTests.At("2031-08-30")));
        Assert.Equal(new TimeRange(Day.Start, last.End - 1), TimeRanges.Of(TimeRelation.Between, Day, last).A);
        Assert.Equal(new TimeRange(Instant.Start, last.Start), TimeRanges.Of(TimeRelation.Between, Instant, TimeInterval.At(last.Start)).A);
    }

    [Fact]
    public void Of_AnyArguments_NeverThrowsAndComplementsAgree() =>
        Gen.Select(Gen.Int[1, 3].Select(i => (TimeRelation)i), Gen.Long, Gen.Enum<TimeUnit>(), Gen.Long, Gen.Long)
            .Sample((relation, count, unit, reference, instant) =>
            {
                bool Holds(ComparisonOperator comparison) => TimeRanges.Of(relation, comparison, count, unit, TimeInterval.At(reference)).Contains(instant);
                return Holds(ComparisonOperator.Equal) != Holds(ComparisonOperator.NotEqual);
            });
}
