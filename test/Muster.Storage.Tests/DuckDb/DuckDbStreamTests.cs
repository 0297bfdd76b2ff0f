using DuckDB.NET.Data;
using Muster.Storage.DuckDb;

namespace Muster.Storage.Tests.DuckDb;

public class DuckDbStreamTests
{
    [Fact]
    public void Read_ManyChunks_GivesEveryRow()
    {
        using var stream = new DuckDbStream(Connect(), "SELECT i::BIGINT, CASE WHEN i % 2 = 0 THEN 'a text of more than twelve bytes ' || i END FROM range(5000) r(i)");
        long sum = 0;
        int texts = 0;
        while (stream.Read())
        {
            VectorView numbers = new(stream.Vector(0)), names = new(stream.Vector(1));
            for (int row = 0; row < stream.Rows; row++)
            {
                sum += numbers.Value<long>(row);
                if (names.IsValid(row) && names.Text(row).EndsWith(System.Text.Encoding.UTF8.GetBytes(" " + numbers.Value<long>(row)))) texts++;
            }
        }

        stream.ExpectTotal(5000);
        Assert.Throws<InvalidDataException>(() => stream.ExpectTotal(5001));
        Assert.Equal(4999L * 5000 / 2, sum);
        Assert.Equal(2500, texts);
    }

    [Theory]
    [InlineData("SELECT nothing")]
    [InlineData("SELECT error('broken') FROM range(5000) r(i) WHERE i > 3000")]
    public void Read_FailingQuery_Throws(string sql) => Assert.Throws<InvalidOperationException>(() =>
    {
        using var stream = new DuckDbStream(Connect(), sql);
        while (stream.Read()) Assert.True(stream.Rows > 0);
    });

    private static DuckDBConnection Connect()
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        return connection;
    }
}
