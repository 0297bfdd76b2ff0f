using Muster.Pql.Types;
using Muster.Storage.Schemas;

namespace Muster.Cli.Commands;

/// <summary>A JSON Schema of profiles as the only names that queries may use.</summary>
internal static class SchemaFile
{
    /// <summary>
    /// Reads it. The root describes a profile; events are the elements of its array <c>xEvent</c>. Without one, nothing is known about events and
    /// any path into them binds.
    /// </summary>
    public static ProfileSchema Read(string path)
    {
        if (!File.Exists(path)) throw new CommandFailedException($"There is no file '{path}'.");
        JsonSchemaResult result = JsonSchemaReader.Read(File.ReadAllText(path));
        if (result.Type is not { } type) throw new CommandFailedException($"The schema '{path}' cannot be read: {string.Join(" ", result.Errors)}");
        if (!type.TryGetField(ProfileSchema.EventArray, out _))
            type = DataType.ObjectOf([.. type.Fields, new Field(ProfileSchema.EventArray, DataType.ArrayOf(DataType.Unknown))]);
        return new ProfileSchema(type, isOpen: false);
    }
}
