namespace Muster.Server.Authentication;

/// <summary>A request is known by the id that its caller gave, or by one of ours; errors and jobs carry it, and so does the answer.</summary>
internal static class RequestId
{
    private const string Header = "x-request-id";
    private const int MaxLength = 128;

    public static Task AssignAsync(HttpContext http, RequestDelegate next)
    {
        string? given = http.Request.Headers[Header];
        bool usable = given is { Length: > 0 and <= MaxLength } && given.All(c => c is > ' ' and < '\x7f');
        http.TraceIdentifier = usable ? given! : Guid.NewGuid().ToString("N");
        http.Response.OnStarting(() =>
        {
            http.Response.Headers[Header] = http.TraceIdentifier;
            return Task.CompletedTask;
        });
        return next(http);
    }
}
