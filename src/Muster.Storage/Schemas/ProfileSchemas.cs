using Muster.Pql.Types;
using Muster.Storage.Lake;

namespace Muster.Storage.Schemas;

/// <summary>What queries of a sandbox may name.</summary>
public static class ProfileSchemas
{
    /// <summary>
    /// The union of the schemas of a sandbox's datasets: fields of records in the root, of events in <c>xEvent</c>. In both, the fields of
    /// the XDM
    /// standard are there as well, data or not; where a dataset has another type at such a path, the dataset's counts, since that is what
    /// its
    /// values have. Among datasets the first counts.
    /// </summary>
    /// <param name="datasets">In the order in which they were made.</param>
    /// <param name="isOpen">See <see cref="ProfileSchema.IsOpen"/>.</param>
    public static ProfileSchema Union(IEnumerable<(DatasetBehavior Behavior, DataType Type)> datasets, bool isOpen)
    {
        DataType profile = DataType.ObjectOf(
            ("identityMap", XdmStandardSchema.IdentityMap), ("segmentMembership", XdmStandardSchema.SegmentMembership));
        DataType xEvent = DataType.ObjectOf(
            ("_id", DataType.String), ("timestamp", DataType.Timestamp), ("identityMap", XdmStandardSchema.IdentityMap));
        foreach ((DatasetBehavior behavior, DataType type) in datasets)
        {
            if (behavior == DatasetBehavior.TimeSeries) xEvent = SchemaUnion.Of(xEvent, type).Type;
            else profile = SchemaUnion.Of(profile, type).Type;
        }

        profile = SchemaUnion.Of(profile, XdmStandardSchema.Profile).Type;
        xEvent = SchemaUnion.Of(xEvent, XdmStandardSchema.Event).Type;
        IEnumerable<Field> own = profile.Fields.Where(f => !f.Name.Equals(ProfileSchema.EventArray, StringComparison.OrdinalIgnoreCase));
        return new ProfileSchema(DataType.ObjectOf([.. own, new Field(ProfileSchema.EventArray, DataType.ArrayOf(xEvent))]), isOpen);
    }
}
