using Microsoft.EntityFrameworkCore;
using Muster.Storage.ControlPlane;

namespace Muster.Storage.Tests.ControlPlane;

public class ControlPlaneCacheTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetAsync_AfterAnyCommit_ReadsAgain()
    {
        string folder = Directory.CreateTempSubdirectory("muster").FullName;
        ControlPlaneDatabase database = await ControlPlaneDatabase.OpenAsync(folder, Stop);
        using (var changes = new ControlPlaneChanges(database))
        {
            int loads = 0;
            var cache = new ControlPlaneCache<string, int>(changes, async (id, token) =>
            {
                loads++;
                await using ControlPlaneContext context = database.CreateDbContext();
                return await context.Organizations.CountAsync(o => o.Id == id, token);
            });
            Assert.Equal(0, await cache.GetAsync("a", Stop));
            Assert.Equal(0, await cache.GetAsync("a", Stop));
            Assert.Equal(1, loads);

            await using (ControlPlaneContext context = database.CreateDbContext())
            {
                context.Organizations.Add(new Organization { Id = "a", CreatedAt = 1 });
                await context.SaveChangesAsync(Stop);
                Assert.Equal(1, await cache.GetAsync("a", Stop));
                // Statements that no context tracks count as well.
                await context.Organizations.Where(o => o.Id == "a").ExecuteDeleteAsync(Stop);
                Assert.Equal(0, await cache.GetAsync("a", Stop));
            }
            int before = loads;
            for (int i = 0; i < 100; i++) Assert.Equal(0, await cache.GetAsync("a", Stop));
            Assert.Equal(before, loads);
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task GetAsync_WhileOthersCommit_IsNeverOlderThanTheCommitBefore()
    {
        string folder = Directory.CreateTempSubdirectory("muster").FullName;
        ControlPlaneDatabase database = await ControlPlaneDatabase.OpenAsync(folder, Stop);
        using (var changes = new ControlPlaneChanges(database))
        {
            var cache = new ControlPlaneCache<int, int>(changes, async (_, token) =>
            {
                await using ControlPlaneContext context = database.CreateDbContext();
                return await context.Organizations.CountAsync(token);
            });
            int committed = 0;
            bool isOver = false;
            Task[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                while (!Volatile.Read(ref isOver))
                {
                    int known = Volatile.Read(ref committed);
                    Assert.True(await cache.GetAsync(0, Stop) >= known);
                }
            }))];
            for (int i = 0; i < 60; i++)
            {
                await using ControlPlaneContext context = database.CreateDbContext();
                context.Organizations.Add(new Organization { Id = "o" + i, CreatedAt = 1 });
                await context.SaveChangesAsync(Stop);
                Volatile.Write(ref committed, i + 1);
            }
            Volatile.Write(ref isOver, true);
            await Task.WhenAll(readers);
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
