namespace Muster.Server.Api;

/// <summary>
/// Answers nothing to whoever passes the gateway: for clients that check their credentials and sandbox, and the measure that other
/// endpoints are
/// held against.
/// </summary>
internal static class PingEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/data/muster/ping", () => Results.NoContent()).WithTags("Health");
}
