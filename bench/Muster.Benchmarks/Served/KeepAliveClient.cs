using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Muster.Benchmarks.Served;

/// <summary>
/// One connection that sends a request, reads the answer and sends the next. It knows just enough HTTP for that, so that the client takes
/// little
/// of the cores that it shares with the server.
/// </summary>
internal sealed class KeepAliveClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _answer = new byte[1 << 20];
    private readonly Uri _server;
    private readonly string _headers;

    public KeepAliveClient(Uri server, string headers)
    {
        _server = server;
        _headers = $"Host: {server.Authority}\r\n{headers}\r\n";
    }

    public Task ConnectAsync() => _socket.ConnectAsync(IPAddress.Loopback, _server.Port);

    /// <summary>Asks until the time is over and returns how long each answer took, in ticks of the stopwatch.</summary>
    public async Task<List<long>> RunAsync(Func<string> path, TimeSpan time)
    {
        var taken = new List<long>(100_000);
        long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        for (long start = Stopwatch.GetTimestamp(); start < end;)
        {
            await AskAsync(path()).ConfigureAwait(false);
            long now = Stopwatch.GetTimestamp();
            taken.Add(now - start);
            start = now;
        }
        return taken;
    }

    /// <summary>The bytes of the body of one answer.</summary>
    /// <exception cref="InvalidOperationException">The status is not 200 or 204.</exception>
    public async Task<int> AskAsync(string path)
    {
        await _socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\n{_headers}")).ConfigureAwait(false);
        int received = 0, head = -1;
        while (head < 0)
        {
            received += await ReceiveAsync(received).ConfigureAwait(false);
            head = _answer.AsSpan(0, received).IndexOf("\r\n\r\n"u8);
        }
        int length = LengthOf(Encoding.ASCII.GetString(_answer, 0, head));
        while (received < head + 4 + length) received += await ReceiveAsync(received).ConfigureAwait(false);
        return length;
    }

    public void Dispose() => _socket.Dispose();

    private async ValueTask<int> ReceiveAsync(int at)
    {
        int read = await _socket.ReceiveAsync(_answer.AsMemory(at)).ConfigureAwait(false);
        return read > 0 ? read : throw new InvalidOperationException("The server closed the connection.");
    }

    private static int LengthOf(string head)
    {
        if (head.StartsWith("HTTP/1.1 204", StringComparison.Ordinal)) return 0;
        if (!head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) throw new InvalidOperationException(head);
        const string name = "Content-Length: ";
        int at = head.IndexOf(name, StringComparison.OrdinalIgnoreCase) + name.Length, end = head.IndexOf('\r', at);
        return int.Parse(head.AsSpan(at, (end < 0 ? head.Length : end) - at), System.Globalization.CultureInfo.InvariantCulture);
    }
}
